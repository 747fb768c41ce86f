#include "schedulers/plan_rows.h"

#include <stdexcept>

#include <gtest/gtest.h>

#include "core/error.h"

namespace sagbench {
namespace {

Plan SmallPlan() {
  Plan plan(3, 2);
  plan.SetLayout(SlotPerBlock(2));
  return plan;
}

TEST(AssignPlans, OnePlanIsForAllRows) {
  const std::vector<PlannedRows> rows = AssignPlans({SmallPlan()}, 4, 3, 2);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].rows, 4);
  EXPECT_EQ(AssignPlans({SmallPlan(), SmallPlan()}, 2, 3, 2).size(), 1U);  // the same
}

TEST(AssignPlans, OtherPlansAreForARowEach) {
  Plan other = SmallPlan();
  other.at(2, 1) = {.compute = false, .slot = 1};
  const std::vector<PlannedRows> rows = AssignPlans({SmallPlan(), other}, 2, 3, 2);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[1].first_row, 1);
  EXPECT_EQ(rows[1].rows, 1);
  EXPECT_EQ(rows[1].plan, other);
}

// Each row's probes may change its plan in its own way.
TEST(AssignPlans, PlansWithProbesAreNotShared) {
  Plan plan = SmallPlan();
  plan.SetProbes({0});
  EXPECT_EQ(AssignPlans({plan}, 3, 3, 2).size(), 3U);
  EXPECT_EQ(AssignPlans({plan}, 1, 3, 2).size(), 1U);
}

TEST(AssignPlans, RefusesPlansThatDoNotFit) {
  EXPECT_THROW(AssignPlans({SmallPlan()}, 1, 4, 2), Error);
  EXPECT_THROW(AssignPlans({SmallPlan(), SmallPlan()}, 3, 3, 2), std::logic_error);
  EXPECT_THROW(AssignPlans({SmallPlan(), Plan(3, 2)}, 2, 3, 2), std::logic_error);
  Plan empty_slot = SmallPlan();
  empty_slot.at(0, 0) = {.compute = false, .slot = 0};
  EXPECT_THROW(AssignPlans({empty_slot}, 1, 3, 2), Error);
}

TEST(TraceOf, AddsUpWhatRan) {
  CellCount count;
  count.Compute({.name = "a", .kind = BlockKind::kSelfAttention, .layer = 0, .flops_per_row = 5.0});
  count.Reuse({.name = "b", .kind = BlockKind::kFeedForward, .layer = 0, .flops_per_row = 7.0});
  const RowTrace trace = TraceOf(SmallPlan(), count, {.per_chunk = 100.0, .per_step = 10.0}, 1.0);
  EXPECT_EQ(trace.computed_cells, 1);
  EXPECT_EQ(trace.total_cells, 2);
  EXPECT_EQ(trace.flops, 136.0);
  EXPECT_EQ(trace.pruner_flops, 1.0);
  EXPECT_EQ(trace.skipped_flops, 7.0);
  EXPECT_EQ(trace.plan_digest, SmallPlan().Digest());
}

// A step that holds the clean sample does not even run the network's ends.
TEST(TraceOf, HeldStepsCostNothing) {
  Plan plan(3, 2);
  plan.SetLayout(SlotPerBlock(2));
  for (const int block : {0, 1}) {
    plan.at(1, block) = {.compute = false, .slot = static_cast<uint16_t>(block)};
  }
  const FixedFlops fixed{.per_chunk = 100.0, .per_step = 10.0};
  EXPECT_EQ(TraceOf(plan, {}, fixed, 0.0).flops, 130.0);
  plan.SetIdle({.hold = Hold::kClean});
  EXPECT_EQ(TraceOf(plan, {}, fixed, 0.0).flops, 120.0);
  EXPECT_EQ(TraceOf(plan, {}, fixed, 0.0).skipped_flops, 10.0);
}

}  // namespace
}  // namespace sagbench
