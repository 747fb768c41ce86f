// What arm_expert_test.cpp does not ask of every expert: states that a policy reaches.
#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

#include "tasks/expert.h"
#include "tasks/rotation.h"
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

// Of the hand, as it was sent: see HandDown.
double DemonstratedYaw(const Demonstration& demonstration, size_t row) {
  const std::vector<double> action = RowOf(demonstration.actions, row);
  const Mat3 hand = RotationOf(Vec3{action[3], action[4], action[5]});
  return std::atan2(hand[4], hand[1]);
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

// Where the hand went instead, a can held by its edge came down on the bin's wall.
TEST(CanExpert, TheCanNotTheHandGoesToTheGoal) {
  const Demonstration whole = FromReset();
  size_t row = 0;
  while (CanHeight(whole, row) < 0.97) ++row;
  const double yaw = DemonstratedYaw(whole, row);
  for (uint64_t seed = 0; seed < 4; ++seed) {  // a goal each
    std::vector<double> ends[2];
    for (int i = 0; i < 2; ++i) {
      const double aside = i == 0 ? -0.015 : 0.015;
      std::vector<double> state = RowOf(whole.states, row);
      state[kCanInState] += aside * std::cos(yaw);
      state[kCanInState + 1] += aside * std::sin(yaw);
      const Demonstration rest = SolveFrom(state, seed).demonstration;
      ends[i] = RowOf(rest.states, rest.states.count() - 1);
    }
    // 0.03 apart in the hand; 0.035 to 0.04 at the end if only the hand's way were the same. The
    // hand comes down a centimetre beside where it is sent, to either side.
    EXPECT_LT(std::hypot(ends[0][kCanInState] - ends[1][kCanInState],
                         ends[0][kCanInState + 1] - ends[1][kCanInState + 1]),
              0.028)
        << seed;
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
