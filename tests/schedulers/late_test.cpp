#include <gtest/gtest.h>

#include "core/error.h"
#include "schedulers/scheduler.h"
#include "tests/schedulers/computed_steps.h"
#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

TEST(Late, ComputesItsShareOfStepsDenserTowardsTheEnd) {
  const Policy policy = TinyPolicy();
  const auto plan = PlansOf(policy, "ddpm", "late:rate=0.9").front();
  // (K - 1) (1 - (1 - i / 9)^2), rounded.
  EXPECT_EQ(ComputedSteps(plan), (std::vector<int>{0, 21, 39, 55, 68, 79, 88, 94, 98, 99}));
}

TEST(Late, IsDenserYetWhereTheCleanSampleIsHeld) {
  const Policy policy = TinyPolicy();
  const auto plan = PlansOf(policy, "ddpm", "late:rate=0.9,hold=clean").front();
  // (K - 1) (1 - (1 - i / 9)^2.5), rounded.
  EXPECT_EQ(ComputedSteps(plan), (std::vector<int>{0, 25, 46, 63, 76, 86, 93, 97, 98, 99}));
  EXPECT_TRUE(plan.Holds(1));
}

TEST(Late, CountsAreRoundedSharesOfTheSteps) {
  const Policy policy = TinyPolicy();
  for (const auto& [rate, count] : std::vector<std::pair<const char*, size_t>>{
           {"0", 100}, {"0.5", 50}, {"0.95", 5}, {"0.99", 1}, {"0.333", 67}}) {
    const auto plan = PlansOf(policy, "ddpm", std::string("late:rate=") + rate).front();
    EXPECT_EQ(ComputedSteps(plan).size(), count) << rate;
  }
  EXPECT_EQ(ComputedSteps(PlansOf(policy, "ddim:steps=4", "late:rate=0.9").front()).size(), 1U);
}

}  // namespace
}  // namespace sagbench
