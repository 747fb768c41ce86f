#include "schedulers/plan.h"

#include <stdexcept>

#include <gtest/gtest.h>

#include "core/error.h"

namespace sagbench {
namespace {

// The sentence that Validate throws, empty if it accepts the plan.
std::string Complaint(const Plan& plan) {
  try {
    plan.Validate();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kUsage);
    return error.what();
  }
  return {};
}

TEST(Plan, BeginsDense) {
  const Plan plan(3, 4);
  EXPECT_EQ(plan.steps(), 3);
  EXPECT_EQ(plan.blocks(), 4);
  EXPECT_EQ(plan.slot_count(), 0);
  EXPECT_EQ(plan.ComputedCells(), 12);
  EXPECT_EQ(plan.TotalCells(), 12);
  EXPECT_EQ(Complaint(plan), "");
  EXPECT_EQ(Plan(2, 3).Text(), "###\n###\n");
}

TEST(Plan, HasAtLeastOneCell) {
  EXPECT_THROW(Plan(0, 4), std::invalid_argument);
  EXPECT_THROW(Plan(4, 0), std::invalid_argument);
  EXPECT_THROW(Plan(-1, 4), std::invalid_argument);
}

TEST(Plan, ShowsAndCountsReuse) {
  Plan plan(2, 3);
  plan.SetLayout(SlotPerBlock(plan.blocks()));
  plan.at(1, 0) = {.compute = false, .slot = 0};
  plan.at(1, 2) = {.compute = false, .slot = 2};
  EXPECT_EQ(plan.Text(), "###\n.#.\n");
  EXPECT_EQ(plan.ComputedCells(), 4);
  EXPECT_EQ(Complaint(plan), "");
}

TEST(Plan, ReuseOfAnEmptySlotNamesStepAndBlock) {
  Plan plan(3, 2);
  plan.SetLayout(SlotPerBlock(plan.blocks()));
  plan.at(0, 1) = {.compute = false, .slot = 1};
  EXPECT_NE(Complaint(plan).find("step 0, block 1 reuses slot 1"), std::string::npos);
  plan.at(0, 1) = {.compute = false, .slot = 0};  // filled by block 0 just before
  EXPECT_EQ(Complaint(plan), "");
  plan.at(2, 0) = {.compute = false, .slot = 1};  // block 1 computes at step 1
  EXPECT_EQ(Complaint(plan), "");
  plan.at(1, 1) = {.compute = false, .slot = 0};  // no more
  EXPECT_NE(Complaint(plan).find("step 2, block 0 reuses slot 1"), std::string::npos);
}

TEST(Plan, SlotsOutsideOfTheLayout) {
  Plan plan(2, 2);
  plan.at(1, 0) = {.compute = false, .slot = 0};
  EXPECT_NE(Complaint(plan), "");  // no slots at all
  plan.SetLayout({.writes = {{0}, {1}}, .orders = {0, 0}});
  EXPECT_EQ(Complaint(plan), "");
  plan.at(1, 1) = {.compute = false, .slot = 7};
  EXPECT_NE(Complaint(plan).find("slot 7: valid are 0 to 1"), std::string::npos);
  plan.at(1, 1) = {};
  plan.SetLayout({.writes = {{0}, {2}}, .orders = {0, 0}});
  EXPECT_NE(Complaint(plan).find("block 1 writes slot 2"), std::string::npos);
  EXPECT_THROW(plan.SetLayout({.writes = {{0}}, .orders = {0, 0}}), std::invalid_argument);
}

TEST(Plan, ABlockMayWriteSeveralSlotsAndSeveralBlocksOne) {
  Plan plan(2, 3);
  plan.SetLayout({.writes = {{0, 1}, {0}, {}}, .orders = {0, 0}});
  for (int block = 0; block < 3; ++block) plan.at(1, block) = {.compute = false, .slot = 1};
  EXPECT_EQ(Complaint(plan), "");
  EXPECT_EQ(plan.writes(0), (std::vector<uint16_t>{0, 1}));
  EXPECT_TRUE(plan.writes(2).empty());
}

TEST(Plan, HoldsWhereAStepComputesNothing) {
  Plan plan(3, 2);
  plan.SetLayout(SlotPerBlock(2));
  plan.at(1, 0) = plan.at(2, 0) = {.compute = false, .slot = 0};
  plan.at(2, 1) = {.compute = false, .slot = 1};
  EXPECT_FALSE(plan.Holds(2));
  Plan holding = plan;
  holding.SetIdle({.hold = Hold::kClean});
  EXPECT_FALSE(holding.Holds(0));
  EXPECT_FALSE(holding.Holds(1));
  EXPECT_TRUE(holding.Holds(2));
  EXPECT_NE(holding.Digest(), plan.Digest());
  EXPECT_FALSE(holding.SameShape(plan));
  EXPECT_EQ(holding.NoiseShare(2), 1.0);
  Plan cooler = plan;
  cooler.SetIdle({.noise = 0.5});
  EXPECT_NE(cooler.Digest(), plan.Digest());
  EXPECT_FALSE(cooler.SameShape(plan));
  EXPECT_EQ(cooler.NoiseShare(1), 1.0);
  EXPECT_EQ(cooler.NoiseShare(2), 0.5);
  for (const Hold hold : {Hold::kResiduals, Hold::kClean}) {
    EXPECT_EQ(HoldFromName(HoldName(hold)), hold);
  }
  EXPECT_THROW(HoldFromName("noise"), std::invalid_argument);
}

TEST(Plan, DigestsTellPlansApart) {
  Plan plan(4, 3);
  plan.SetLayout(SlotPerBlock(plan.blocks()));
  const Plan same = plan;
  EXPECT_EQ(plan, same);
  EXPECT_EQ(plan.Digest(), same.Digest());
  EXPECT_EQ(plan.Digest().size(), 64U);

  Plan cell = plan, slot = plan, layout = plan;
  cell.at(2, 1) = {.compute = false, .slot = 1};
  slot.at(2, 1) = {.compute = false, .slot = 0};
  layout.SetLayout({.writes = {{0}, {1}, {1}}, .orders = {0, 0, 0}});
  for (const Plan& other : {cell, slot, layout, Plan(4, 3), Plan(3, 4)}) {
    EXPECT_NE(plan.Digest(), other.Digest());
    EXPECT_FALSE(plan == other);
  }
  EXPECT_NE(cell.Digest(), slot.Digest());
}

TEST(Plan, ShapeIsGridAndLayout) {
  Plan plan(4, 3);
  plan.SetLayout(SlotPerBlock(plan.blocks()));
  Plan other = plan;
  other.at(2, 1) = {.compute = false, .slot = 1};
  EXPECT_TRUE(plan.SameShape(other));
  EXPECT_FALSE(plan.SameShape(Plan(4, 3)));
  other.SetLayout({.writes = {{0}, {1}, {1}}, .orders = {0, 0, 0}});
  EXPECT_FALSE(plan.SameShape(other));
}

TEST(Plan, ProbesAreComputedAndPartOfThePlan) {
  Plan plan(2, 3);
  plan.SetLayout(SlotPerBlock(3));
  Plan probing = plan;
  probing.SetProbes({0, 1});
  EXPECT_EQ(Complaint(probing), "");
  EXPECT_FALSE(probing == plan);
  EXPECT_NE(probing.Digest(), plan.Digest());
  probing.at(1, 1) = {.compute = false, .slot = 1};
  EXPECT_NE(Complaint(probing).find("step 1 does not compute its probe, block 1"),
            std::string::npos);
  probing.SetProbes({3});
  EXPECT_NE(Complaint(probing).find("block 3"), std::string::npos);
}

TEST(Plan, RulesOfSlotsArePartOfTheLayout) {
  Plan last(2, 3), line(2, 3);
  last.SetLayout(SlotPerBlock(3));
  line.SetLayout(SlotPerBlock(3, 1));
  EXPECT_FALSE(last.SameShape(line));
  EXPECT_NE(last.Digest(), line.Digest());
}

}  // namespace
}  // namespace sagbench
