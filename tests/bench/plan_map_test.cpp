#include "bench/plan_map.h"

#include <gtest/gtest.h>

namespace sagbench {
namespace {

const std::vector<BlockInfo> kBlocks = {{"SA0", BlockKind::kSelfAttention, 0, 1.0},
                                        {"FF0", BlockKind::kFeedForward, 0, 1.0}};

Plan PlanWithout(int step, int block) {
  Plan plan(3, 2);
  plan.at(step, block).compute = false;
  return plan;
}

TEST(MapPlansTest, SharesAreMeansOverThePlans) {
  const PlanMap map =
      MapPlans({PlanWithout(1, 0), PlanWithout(1, 1), PlanWithout(1, 0), Plan(3, 2)}, 4,
               {Plan(3, 2), PlanWithout(2, 1)}, kBlocks);
  EXPECT_EQ(map.steps, 3);
  EXPECT_EQ(map.blocks, 2);
  EXPECT_EQ(map.block_names, (std::vector<std::string>{"SA0", "FF0"}));
  EXPECT_EQ(map.observations, 4);
  EXPECT_EQ(map.computed, (std::vector<double>{1.0, 1.0, 0.5, 0.75, 1.0, 1.0}));
  EXPECT_EQ(map.replans, (std::vector<std::string>{"##\n##\n##\n", "##\n##\n#.\n"}));
  EXPECT_EQ(map.replans_seen, 2);
}

TEST(MapPlansTest, EqualReplansAreKeptOnce) {
  const std::vector<Plan> same(5, PlanWithout(2, 0));
  const PlanMap map = MapPlans({PlanWithout(2, 0)}, 16, same, kBlocks);
  EXPECT_EQ(map.observations, 16);
  EXPECT_EQ(map.replans.size(), 1U);
  EXPECT_EQ(map.replans_seen, 5);
  EXPECT_TRUE(MapPlans({Plan(3, 2)}, 1, {}, kBlocks).replans.empty());
}

}  // namespace
}  // namespace sagbench
