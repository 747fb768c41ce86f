// What arm_expert_test.cpp does not ask of every expert: states that a policy reaches.
#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

#include "tasks/expert.h"
#include "tests/tasks/row_of.h"

namespace sagbench::robosuite {
namespace {

constexpr size_t kCanInState = 1 + 9;  // after the time and the arm's joints
constexpr size_t kGripper = 6;         // of the action

ExpertResult SolveFrom(std::vector<double> state, uint64_t seed = 7) {
  return Experts().Choose("can").Make()->Solve({StartKind::kState, seed, 0, std::move(state)});
}

Demonstration FromReset() {
  return Experts().Choose("can").Make()->Solve({StartKind::kReset, 5, 0, {}}).demonstration;
}

double CanHeight(const Demonstration& demonstration, size_t row) {
  return RowOf(demonstration.states, row)[kCanInState + 2];
}

TEST(CanExpert, DoesNotLetGoOfACanThatIsHeld) {
  const Demonstration whole = FromReset();
  size_t row = 0;
  while (CanHeight(whole, row) < 0.97) ++row;
  const ExpertResult rest = SolveFrom(RowOf(whole.states, row));
  EXPECT_TRUE(rest.success);
  EXPECT_LT(rest.demonstration.actions.count(), whole.actions.count());
  for (size_t i = 0; CanHeight(rest.demonstration, i) > 0.97; ++i) {
    EXPECT_EQ(RowOf(rest.demonstration.actions, i)[kGripper], 1.0) << i;
  }
}

TEST(CanExpert, ClosesWhereTheHandIsAboutTheCan) {
  const Demonstration whole = FromReset();
  size_t row = 0;
  while (RowOf(whole.actions, row)[kGripper] < 0.0) ++row;  // the fingers begin to close
  const ExpertResult rest = SolveFrom(RowOf(whole.states, row));
  EXPECT_TRUE(rest.success);
  EXPECT_EQ(RowOf(rest.demonstration.actions, 0)[kGripper], 1.0);
}

TEST(CanExpert, LeavesACanThatHasArrived) {
  const Demonstration whole = FromReset();
  const ExpertResult rest = SolveFrom(RowOf(whole.states, whole.states.count() - 2));
  EXPECT_TRUE(rest.success);
  EXPECT_LT(rest.demonstration.actions.count(), 20U);
}

TEST(CanExpert, TakesACanThatWasKnockedOver) {
  const std::vector<double> start = RowOf(FromReset().states, 0);
  for (int turn = 0; turn < 6; ++turn) {
    std::vector<double> state = start;
    double* can = state.data() + kCanInState;
    const double yaw = turn * std::numbers::pi / 6.0, half = std::sqrt(0.5);
    const double place[7] = {0.1,
                             -0.25,
                             0.84,
                             half * std::cos(yaw / 2),
                             half * std::cos(yaw / 2),
                             half * std::sin(yaw / 2),
                             half * std::sin(yaw / 2)};
    std::copy(place, place + 7, can);
    const ExpertResult result = SolveFrom(state, 7 + static_cast<uint64_t>(turn));
    EXPECT_TRUE(result.success) << turn;
    EXPECT_LT(result.demonstration.actions.count(), 300U) << turn;  // at the first or second try
  }
}

}  // namespace
}  // namespace sagbench::robosuite
