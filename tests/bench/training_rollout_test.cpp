#include "bench/training_rollout.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

TEST(TrainingRollout, CountsEpisodesAndRepeats) {
  const Policy policy = TinyPolicy();
  const TrainingRollout request{.sampler = "ddim:steps=2", .episodes = 3};
  const nlohmann::json figures = RollOutPolicy(request, policy);
  EXPECT_EQ(figures.at("episodes"), 3);
  EXPECT_EQ(figures.at("sampler"), "ddim:steps=2");
  EXPECT_GE(figures.at("score").get<double>(), 0.0);
  EXPECT_LE(figures.at("score").get<double>(), 1.0);
  EXPECT_LE(figures.at("successes").get<int>(), 3);
  EXPECT_EQ(figures, RollOutPolicy(request, policy));
}

TEST(TrainingRollout, RefusesAnotherTaskOrSampler) {
  const Policy policy = TinyPolicy();
  EXPECT_THROW(RollOutPolicy({.task = "lift"}, policy), Error);
  EXPECT_THROW(RollOutPolicy({.sampler = "dense"}, policy), Error);
}

}  // namespace
}  // namespace sagbench
