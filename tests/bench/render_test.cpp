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
  request.shown = 1;
  const VideoShape shape = FilmShape(request);
  int64_t frames = 0;
  std::vector<EpisodeRecord> records;
  try {
    records = RenderEpisode(request,
                            [&](const Image& image) {
                              ++frames;
                              EXPECT_EQ(image.width, shape.width);
                              EXPECT_EQ(image.height, shape.height);
                            },
                            {});
  } catch (const Error& error) {
    ASSERT_EQ(error.code(), ExitCode::kEnvironment);
    GTEST_SKIP() << error.what();
  }
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(frames, std::max(records[0].steps, records[1].steps) + 1);
  RolloutRequest rollout;
  rollout.task = request.task;
  rollout.policy = &policy.config;
  rollout.run_seed = 5;
  const auto executor = MakeExecutor(policy, "ddim:steps=2", "dense");
  const EpisodeRecord ran = RunGroup(rollout, *executor, {6, 7}).episodes[1].record;
  EXPECT_EQ(records[0].seed, 7U);
  EXPECT_EQ(records[0].action_digest, ran.action_digest);
}

}  // namespace
}  // namespace sagbench
