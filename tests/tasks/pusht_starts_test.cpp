#include "tasks/pusht_starts.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "core/error.h"

namespace sagbench::pusht {
namespace {

TEST(PushTStarts, NearGoalIsNearFreeAndUnsolved) {
  const auto task = Tasks().Choose("pusht").Make();
  const Pose goal = CogFromOrigin(kGoal);
  std::vector<double> offsets;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    const std::vector<double> observation = Start(*task, {StartKind::kNearGoal, seed, 0, {}});
    const std::vector<double> state = task->State();
    const Pose origin = OriginFromCog({state[4], state[5], state[6]});
    const Vec2 agent = {state[0], state[1]};
    offsets.push_back(Length({state[4] - goal.x, state[5] - goal.y}));
    EXPECT_LE(offsets.back(), 94.0);
    EXPECT_GT(DistanceToT(ToLocal(origin, agent)), kAgentRadius);
    EXPECT_LT(DistanceToT(ToLocal(origin, agent)), 80.0);
    EXPECT_EQ(OutsideWindow(agent), 0.0);
    EXPECT_LE(Coverage(origin), kSuccessCoverage);
    EXPECT_EQ(Start(*task, {StartKind::kNearGoal, seed, 5, {}}), observation);
  }
  std::sort(offsets.begin(), offsets.end());
  EXPECT_LT(offsets[offsets.size() / 2], 20.0);
}

TEST(PushTStarts, ResetAndState) {
  const auto task = Tasks().Choose("pusht").Make();
  const std::vector<double> observation = Start(*task, {StartKind::kReset, 5, 0, {}});
  const std::vector<double> state = task->State();
  EXPECT_EQ(Start(*task, {StartKind::kState, 0, 0, state}), observation);
  EXPECT_THROW(Start(*task, {StartKind::kState, 0, 0, {1.0}}), Error);
}

TEST(PushTStarts, MomentMovesAsTheTask) {
  const auto task = Tasks().Choose("pusht").Make();
  task->SetState(std::vector<double>{100.0, 100.0, 30.0, -20.0, 300.0, 300.0, 1.0, 0, 0, 0});
  const Vec2 target = TargetOf(task->State());
  EXPECT_NEAR(target.x, 106.0, 1e-12);
  EXPECT_NEAR(target.y, 96.0, 1e-12);
  Moment moment = MomentOf(task->State(), target);
  moment.Advance({110.0, 90.0});
  task->Step(std::vector<double>{110.0, 90.0});
  EXPECT_EQ(task->State()[0], moment.solver.agent().x);
  EXPECT_EQ(task->State()[3], moment.solver.agent_velocity().y);
}

}  // namespace
}  // namespace sagbench::pusht
