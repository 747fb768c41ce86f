#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/schedulers/computed_steps.h"
#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

TEST(StaticCache, ComputesEveryIntervalthStepFromTheFirst) {
  const Policy policy = TinyPolicy();
  const auto steps = [&](const char* sampler, const char* scheduler) {
    return ComputedSteps(PlansOf(policy, sampler, scheduler).front());
  };
  EXPECT_EQ(steps("ddim:steps=10", "static-cache:interval=4"), (std::vector<int>{0, 4, 8}));
  EXPECT_EQ(steps("ddim:steps=10", "static-cache:interval=10"), (std::vector<int>{0}));
  EXPECT_EQ(steps("ddpm", "static-cache").size(), 20U);
}

TEST(StaticCache, ReusesEachBlocksOwnResidual) {
  const Plan plan = PlansOf(TinyPolicy(), "ddim:steps=4", "static-cache:interval=2").front();
  for (int block = 0; block < plan.blocks(); ++block) {
    EXPECT_EQ(plan.at(1, block).slot, block);
    EXPECT_EQ(plan.writes(block), std::vector<uint16_t>{static_cast<uint16_t>(block)});
  }
}

TEST(StaticCache, IntervalsOutOfRangeAreRefused) {
  EXPECT_THROW(Schedulers().Choose("static-cache:interval=0"), Error);
  EXPECT_THROW(Schedulers().Choose("static-cache:interval=101"), Error);
}

}  // namespace
}  // namespace sagbench
