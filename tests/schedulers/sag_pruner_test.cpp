#include "schedulers/sag_pruner.h"

#include <gtest/gtest.h>

#include "policies/aten.h"
#include "policies/flops.h"
#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

PrunerShape TinyShape(Reuse reuse) {
  return {.steps = 10, .blocks = 6, .observation_size = 40, .reuse = reuse, .width = 16};
}

TEST(ReuseLayout, SharesSlotsByKindKeepsThemByBlockOrBoth) {
  EXPECT_EQ(ReuseLayout(Reuse::kKind, 6).writes,
            (std::vector<std::vector<uint16_t>>{{0}, {1}, {2}, {0}, {1}, {2}}));
  EXPECT_TRUE(ReuseLayout(Reuse::kBlock, 6) == SlotPerBlock(6));
  const SlotLayout both = ReuseLayout(Reuse::kAll, 6);
  EXPECT_EQ(both.orders.size(), 9U);
  EXPECT_EQ(both.writes[4], (std::vector<uint16_t>{1, 7}));
}

// A step's mean decides, and within a step that runs how far a cell is from it.
TEST(PlanFromLogits, StepsThatHoldRunAsAWhole) {
  at::Tensor logits = at::full({4, 6, 1}, -0.5);
  logits[1][3] = 2.4;  // alone, it makes nothing run
  logits[2].fill_(0.1);
  logits[3].fill_(0.5);
  logits[3][4] = -1.0;
  const Plan plan = PlanFromLogits(logits, Reuse::kBlock, Hold::kClean);
  EXPECT_EQ(plan.Text(), "######\n......\n######\n####.#\n");
  EXPECT_TRUE(plan.Holds(1));
  EXPECT_NO_THROW(plan.Validate());
}

TEST(PlanFromLogits, ComputesTheFirstStepAndWhatIsAboveZero) {
  at::Tensor logits = at::full({3, 6, 2}, -1.0);
  logits[1][4][0] = 0.5;   // computed
  logits[2][3][1] = 0.25;  // its own slot
  const Plan plan = PlanFromLogits(logits, Reuse::kAll, Hold::kResiduals);
  EXPECT_NO_THROW(plan.Validate());
  EXPECT_EQ(plan.Text(), "######\n....#.\n......\n");
  EXPECT_EQ(plan.at(2, 3).slot, 3 + 3);
  EXPECT_EQ(plan.at(2, 4).slot, 1);
  EXPECT_EQ(PlanFromLogits(logits.narrow(2, 0, 1), Reuse::kKind, Hold::kResiduals).at(2, 3).slot,
            0);
  EXPECT_EQ(PlanFromLogits(logits.narrow(2, 0, 1), Reuse::kBlock, Hold::kResiduals).at(2, 3).slot,
            3);
}

TEST(SagPruner, BeginsWithTheTablesMaskForEveryObservation) {
  const PrunerShape shape = TinyShape(Reuse::kBlock);
  const SagPruner pruner(shape, InitialPruner(shape, 0.7, 0.0, 1));
  const at::Tensor logits = pruner.Logits(at::randn({2, 2, 20}), pruner.CellTable());
  EXPECT_EQ(logits.sizes(), (std::vector<int64_t>{2, 10, 6, 1}));
  EXPECT_TRUE(at::equal(logits[0], logits[1]));
  EXPECT_EQ(PlanFromLogits(logits[0], shape.reuse, Hold::kResiduals).ComputedCells(),
            3 * 6);  // whole steps
}

TEST(SagPruner, LooksAtTheObservation) {
  const PrunerShape shape = TinyShape(Reuse::kAll);
  const SagPruner pruner(shape, InitialPruner(shape, 0.7, 1.0, 1));
  const at::Tensor seen = at::randn({3, 2, 20});
  const at::Tensor cells = pruner.CellTable();
  const at::Tensor logits = pruner.Logits(seen, cells);
  EXPECT_FALSE(at::equal(logits[0], logits[1]));
  EXPECT_LE(MaxDifference(pruner.Logits(seen.narrow(0, 1, 1), cells)[0], logits[1]), 1e-5);
}

// spec: at most 0.3 % of dense, here of the default executor's, which is the smaller.
TEST(SagPruner, CostsLittleBesideDense) {
  const Policy policy = RandomPolicy(PolicyConfig(), 1);
  const Chunk dense = ActOnce(policy, "ddpm", "dense", {0});
  for (const Reuse reuse : {Reuse::kKind, Reuse::kBlock, Reuse::kAll}) {
    PrunerShape shape;
    shape.reuse = reuse;
    const SagPruner pruner(shape, InitialPruner(shape, 0.9, 0.0, 1));
    EXPECT_LE(pruner.flops_per_row(), 0.003 * dense.rows[0].flops);
    EXPECT_GT(pruner.flops_per_row(), 2.0 * 2400 * 64 * 64);
  }
}

}  // namespace
}  // namespace sagbench
