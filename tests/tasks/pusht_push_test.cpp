#include "tasks/pusht_push.h"

#include <set>

#include <gtest/gtest.h>

namespace sagbench::pusht {
namespace {

Moment At(const Pose& cog, Vec2 agent) {
  return {PushSolver(agent, cog), agent, 0, false};
}

TEST(PushTPush, StartsAreClearOfTheTAndPointAtIt) {
  const Pose origin = {250.0, 240.0, 0.7};
  for (int edge = 0; edge < kEdges; ++edge) {
    const double middle = 0.5 * (Edges()[edge].low + Edges()[edge].high);
    const Push push = {edge, middle, 0.2, 50.0};
    const Vec2 start = PushStart(origin, push);
    const double distance = DistanceToT(ToLocal(origin, start));
    EXPECT_GT(distance, kAgentRadius + 5.0) << Edges()[edge].name;
    const Vec2 ahead = start + 12.0 * PushDirection(origin, push);
    EXPECT_LT(DistanceToT(ToLocal(origin, ahead)), kAgentRadius) << Edges()[edge].name;
  }
}

TEST(PushTPush, ModesHaveNamesOfTheirOwn) {
  std::set<std::string> names;
  for (int edge = 0; edge < kEdges; ++edge) {
    for (const double u : {Edges()[edge].low, Edges()[edge].high}) {
      names.insert(ModeName({edge, u, 0.0, 1.0}));
    }
  }
  EXPECT_EQ(names.size(), 9U);  // the bar's top counts twice
  EXPECT_NE(ModeName({0, 5.0, 0.0, 1.0, Side::kOther}), ModeName({0, 5.0, 0.0, 1.0}));
}

TEST(PushTPush, TargetsEndWithAHoldInsideTheWindow) {
  const Moment moment = At({256.0, 256.0, 0.0}, {100.0, 100.0});
  const std::vector<Vec2> targets = PushTargets(moment, {0, 10.0, 0.0, 60.0});
  ASSERT_GT(targets.size(), 9U);
  EXPECT_EQ(targets.back(), targets[targets.size() - 2]);
  for (const Vec2 target : targets) EXPECT_EQ(OutsideWindow(target), 0.0);
}

TEST(PushTPush, AMomentKnowsTheGoal) {
  Moment at_goal = At(CogFromOrigin(kGoal), {50.0, 50.0});
  EXPECT_TRUE(at_goal.Advance({50.0, 50.0}));
  EXPECT_EQ(PlanCost(at_goal), 1.0);
  Moment away = At({300.0, 300.0, 0.0}, {50.0, 50.0});
  EXPECT_FALSE(away.Advance({50.0, 50.0}));
  EXPECT_GT(PlanCost(away), 30.0);
}

TEST(PushTPush, MovedTooFar) {
  const Pose pose = {1.0, 2.0, 3.0};
  EXPECT_FALSE(MovedTooFar(pose, {2.0, 2.0, 3.05}));
  EXPECT_TRUE(MovedTooFar(pose, {8.0, 2.0, 3.0}));
  EXPECT_TRUE(MovedTooFar(pose, {1.0, 2.0, 3.1}));
}

}  // namespace
}  // namespace sagbench::pusht
