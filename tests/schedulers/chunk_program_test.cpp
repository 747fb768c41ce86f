#include "schedulers/chunk_program.h"

#include <string>

#include <gtest/gtest.h>

#include "core/error.h"
#include "policies/flops.h"
#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

const std::vector<BlockInfo>& Blocks() {
  static const std::vector<BlockInfo> blocks = ListBlocks(TinyConfig(), false);
  return blocks;
}

// 'b'egin, 'k'eep, 'a'dd, a digit for a computed block, 'f'inish, 'h'old.
std::string Text(const ChunkProgram& program) {
  std::string text;
  for (const Operation& operation : program.operations()) {
    const auto kind = static_cast<size_t>(operation.kind);
    text += operation.kind == Operation::Kind::kCompute ? std::to_string(operation.block)
                                                        : std::string(1, "bka?fh"[kind]);
  }
  return text;
}

// Six blocks; '#' is computed, '.' reuses the block's own slot.
PlannedRows Planned(const std::vector<std::string>& steps, int order = 0, int64_t first_row = 0,
                    int64_t rows = 1) {
  Plan plan(static_cast<int>(steps.size()), 6);
  plan.SetLayout(SlotPerBlock(6, order));
  for (int step = 0; step < plan.steps(); ++step) {
    for (int block = 0; block < 6; ++block) {
      if (steps[step][block] == '.') {
        plan.at(step, block) = {.compute = false, .slot = static_cast<uint16_t>(block)};
      }
    }
  }
  return {.plan = plan, .first_row = first_row, .rows = rows};
}

void AppendAll(ChunkProgram& program, const PlannedRows& rows) {
  for (int step = 0; step < rows.plan.steps(); ++step) program.Append(step, 0, 6);
}

TEST(ChunkProgram, WaitsWithReusedCellsUntilABlockIsComputed) {
  const std::vector<PlannedRows> rows{Planned({"######", "..#.#.", "#....."})};
  ChunkProgram program(rows, Blocks());
  AppendAll(program, rows[0]);
  EXPECT_EQ(Text(program), "b012345fba2a4afb0af");
  EXPECT_EQ(program.count(0).computed, 9);
  EXPECT_EQ(program.count(0).reused, 9);
}

TEST(ChunkProgram, KeepsTheSumOfAReusedStepUntilASlotChanges) {
  const std::vector<PlannedRows> rows{
      Planned({"######", "......", "......", "#.....", "......", "......"})};
  ChunkProgram program(rows, Blocks());
  AppendAll(program, rows[0]);
  EXPECT_EQ(Text(program), "b012345fbkafbafb0afbkafbaf");
}

// Where a row holds, nothing of it runs; rows that run together are one stretch.
TEST(ChunkProgram, HeldStepsAreOneOperationAStretch) {
  std::vector<PlannedRows> rows{Planned({"######", "......", "#....."}),
                                Planned({"######", "......", "......"}, 0, 1),
                                Planned({"######", "#.....", "......"}, 0, 2)};
  for (PlannedRows& row : rows) row.plan.SetIdle({.hold = Hold::kClean});
  ChunkProgram program(rows, Blocks());
  AppendAll(program, rows[0]);
  EXPECT_EQ(Text(program), "b012345fb0afhb0afh");
  const auto held = program.operations().back();
  EXPECT_EQ(held.first_row, 1);
  EXPECT_EQ(held.rows, 2);
  EXPECT_EQ(program.count(1).computed, 6);
  EXPECT_EQ(program.count(1).reused, 12);
}

TEST(ChunkProgram, MergesCellsThatShareASlot) {
  PlannedRows planned{.plan = Plan(2, 6)};
  planned.plan.SetLayout({.writes = {{0}, {0}, {0}, {0}, {0}, {0}}, .orders = {0}});
  for (int block = 1; block < 6; ++block) planned.plan.at(1, block) = {.compute = false, .slot = 0};
  const std::vector<PlannedRows> rows{planned};
  ChunkProgram program(rows, Blocks());
  AppendAll(program, planned);
  EXPECT_EQ(Text(program), "b012345fb0af");
  const Operation& add = program.operations()[program.operations().size() - 2];
  ASSERT_EQ(program.terms(add).size(), 1U);
  EXPECT_EQ(program.terms(add)[0], (Term{.buffer = 0, .weight = 5.0F}));
}

// Values at steps 0 and 2 extrapolated to 3: -1/2 and 3/2; written in turn into two buffers.
TEST(ChunkProgram, ForecastsWithThePolynomialsWeights) {
  const std::vector<PlannedRows> rows{Planned({"######", "......", "######", "......"}, 1)};
  ChunkProgram program(rows, Blocks());
  AppendAll(program, rows[0]);
  EXPECT_EQ(Text(program), "b012345fbkafb012345fbkaf");
  const Operation& keep = program.operations()[program.operations().size() - 3];
  ASSERT_EQ(program.terms(keep).size(), 12U);
  EXPECT_EQ(program.terms(keep)[0], (Term{.buffer = 0, .weight = -0.5F}));
  EXPECT_EQ(program.terms(keep)[1], (Term{.buffer = 1, .weight = 1.5F}));
}

TEST(ChunkProgram, RowsThatComputeABlockShareIt) {
  const std::vector<PlannedRows> rows{Planned({"######", "#....."}, 0, 0, 2),
                                      Planned({"######", "##...."}, 0, 2, 1)};
  ChunkProgram program(rows, Blocks());
  AppendAll(program, rows[0]);
  EXPECT_EQ(Text(program), "b012345fb01aaf");
  const Operation& last = program.operations()[9];
  ASSERT_EQ(last.kind, Operation::Kind::kCompute);
  ASSERT_EQ(program.rows(last).size(), 3U);
  EXPECT_EQ(program.writes(last)[2].index, 2);
}

TEST(ChunkProgram, RefusesAnEmptySlot) {
  const std::vector<PlannedRows> rows{Planned({"....##"})};
  ChunkProgram program(rows, Blocks());
  EXPECT_THROW(program.Append(0, 0, 6), Error);
}

TEST(ChunkProgram, GoesOnAfterProbesWithThePlanAsItIsThen) {
  std::vector<PlannedRows> rows{Planned({"######", "######"})};
  rows[0].plan.SetProbes({0, 1});
  ChunkProgram program(rows, Blocks());
  program.Append(0, 0, 6);
  program.Clear();
  program.Append(1, 0, 2);
  EXPECT_EQ(Text(program), "b01");
  EXPECT_EQ(program.writes(program.operations()[2])[1].buffer, program.ProbeBuffer(1));
  rows[0].plan.at(1, 2) = {.compute = false, .slot = 2};
  program.Clear();
  program.Append(1, 2, 6);
  EXPECT_EQ(Text(program), "a345f");
}

}  // namespace
}  // namespace sagbench
