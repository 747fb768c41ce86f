#include "schedulers/whole_steps.h"

#include <gtest/gtest.h>

#include "policies/flops.h"
#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

TEST(WholeStepsPlan, ComputesAllBlocksOfItsSteps) {
  const std::vector<int> timesteps = {75, 50, 25, 0};
  const std::vector<BlockInfo> blocks = ListBlocks(TinyConfig(), false);
  const Plan plan = WholeStepsPlan({.timesteps = timesteps, .blocks = blocks, .observations = {}},
                                   1, [](int step) { return step % 3 == 0; });
  EXPECT_EQ(plan.Text(), "######\n......\n......\n######\n");
  EXPECT_EQ(plan.at(1, 4).slot, 4);
  EXPECT_TRUE(plan.layout() == SlotPerBlock(6, 1));
  EXPECT_NO_THROW(plan.Validate());
}

}  // namespace
}  // namespace sagbench
