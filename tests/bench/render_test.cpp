#include "bench/render.h"

#include <gtest/gtest.h>

#include "bench/rollout.h"
#include "bench/task_choice.h"
#include "core/error.h"
#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

TEST(RenderEpisode, ShowsTheEpisodeOfItsGroupAFrameAStep) {
  const Policy policy = TinyPolicy();
  RenderRequest request;
  request.task = ChooseTaskFor(policy.config, "pusht");
  request.policy = &policy;
  request.sampler = Samplers().Choose("ddim:steps=2");
  request.schedulers = {Schedulers().Choose("dense"), Schedulers().Choose("late:rate=0.5")};
  request.run_seed = 5;
  request.seeds = {6, 7};
  const VideoShape shape = FilmShape(request);
  int64_t frames = 0;
  const std::vector<Episode> dense = RecordGroup(request, 0), late = RecordGroup(request, 1);
  const auto count = [&](const Image& image) {
    ++frames;
    EXPECT_EQ(image.width, shape.width);
    EXPECT_EQ(image.height, shape.height);
  };
  try {
    DrawEpisodes(request, {&dense[1], &late[1]}, count, {});
  } catch (const Error& error) {
    ASSERT_EQ(error.code(), ExitCode::kEnvironment);
    GTEST_SKIP() << error.what();
  }
  EXPECT_EQ(frames, std::max(dense[1].record.steps, late[1].record.steps) + 1);
  RolloutRequest rollout;
  rollout.task = request.task;
  rollout.policy = &policy.config;
  rollout.run_seed = 5;
  const auto executor = MakeExecutor(policy, "ddim:steps=2", "dense");
  const EpisodeRecord ran = RunGroup(rollout, *executor, {6, 7}).episodes[1].record;
  EXPECT_EQ(dense[1].record.seed, 7U);
  EXPECT_EQ(dense[1].record.action_digest, ran.action_digest);
}

TEST(DrawEpisodes, RefusesAnEpisodeWithoutASingleStep) {
  const Policy policy = TinyPolicy();
  RenderRequest request;
  request.task = ChooseTaskFor(policy.config, "pusht");
  request.policy = &policy;
  request.schedulers = {Schedulers().Choose("dense")};
  const Episode none;
  try {
    DrawEpisodes(request, {&none}, {}, {});
    FAIL();
  } catch (const Error& error) {
    if (error.code() == ExitCode::kEnvironment) GTEST_SKIP() << error.what();
    EXPECT_EQ(error.code(), ExitCode::kUsage);
  }
}

}  // namespace
}  // namespace sagbench
