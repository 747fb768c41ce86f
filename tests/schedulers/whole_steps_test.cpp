#include "schedulers/whole_steps.h"

#include <gtest/gtest.h>

#include "policies/flops.h"
#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

TEST(WholeStepsPlan, ComputesAllBlocksOfItsSteps) {
  const std::vector<int> timesteps = {75, 50, 25, 0};
  const std::vector<BlockInfo> blocks = ListBlocks(TinyConfig(), false);
  const Plan plan =
      WholeStepsPlan({.timesteps = timesteps, .blocks = blocks, .observations = {}}, 1,
                     {.hold = Hold::kClean}, [](int step) { return step % 3 == 0; });
  EXPECT_EQ(plan.Text(), "######\n......\n......\n######\n");
  EXPECT_EQ(plan.at(1, 4).slot, 4);
  EXPECT_TRUE(plan.layout() == SlotPerBlock(6, 1));
  EXPECT_TRUE(plan.Holds(1));
  EXPECT_NO_THROW(plan.Validate());
}

// 20 of 100: the spacing alone would name the last step twice.
TEST(LateSteps, AreDistinctAndDenserTowardsTheEnd) {
  const std::vector<int> steps = LateSteps(100, 0.8, Hold::kResiduals);
  ASSERT_EQ(steps.size(), 20U);
  EXPECT_EQ(steps.front(), 0);
  EXPECT_EQ(steps[18], 98);
  EXPECT_EQ(steps[19], 99);
  for (size_t i = 1; i < steps.size(); ++i) EXPECT_GT(steps[i], steps[i - 1]);
  EXPECT_EQ(LateSteps(4, 0.9, Hold::kResiduals), std::vector<int>{0});
  EXPECT_EQ(LateSteps(3, 0.0, Hold::kClean), (std::vector<int>{0, 1, 2}));
}

}  // namespace
}  // namespace sagbench
