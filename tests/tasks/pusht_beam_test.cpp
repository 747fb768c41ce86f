#include "tasks/pusht_beam.h"

#include <set>

#include <gtest/gtest.h>

#include "tasks/pusht_refine.h"

namespace sagbench::pusht {
namespace {

// The T 30 px short of its goal along its stem, the agent behind it.
Moment ShortOfGoal() {
  const Pose goal = CogFromOrigin(kGoal);
  const Vec2 back = Rotate({0.0, -30.0}, goal.angle);
  const Pose cog = {goal.x + back.x, goal.y + back.y, goal.angle};
  const Vec2 agent = ToWorld(OriginFromCog(cog), {0.0, -40.0});
  return {PushSolver(agent, cog), agent, 0, false};
}

TEST(PushTBeam, FindsAStraightPush) {
  const std::vector<Plan> plans = SearchPlans(ShortOfGoal(), {});
  ASSERT_FALSE(plans.empty());
  EXPECT_TRUE(plans[0].success);
  EXPECT_LT(plans[0].cost, 20.0);
}

TEST(PushTBeam, OnePlanAModeCheapestFirst) {
  const std::vector<Plan> plans = SearchPlans(ShortOfGoal(), {3, 13.0, 30.0});
  std::set<int> modes;
  for (size_t i = 0; i < plans.size(); ++i) {
    EXPECT_TRUE(modes.insert(ModeOf(plans[i].pushes[0])).second);
    EXPECT_LE(plans[i].pushes.size(), static_cast<size_t>(kMaxPushes));
    if (i > 0) {
      EXPECT_GE(plans[i].cost, plans[i - 1].cost);
    }
  }
  EXPECT_GT(plans.size(), 1U);
}

TEST(PushTBeam, CostsAreThoseOfSimulation) {
  for (Plan plan : SearchPlans(ShortOfGoal(), {})) {
    const double cost = plan.cost;
    Evaluate(ShortOfGoal(), &plan);
    EXPECT_NEAR(plan.cost, cost, 1e-6);
  }
}

TEST(PushTBeam, NeverEmpty) {
  // The agent inside the T, in the corner of the window.
  const Moment odd = {PushSolver({20.0, 20.0}, {20.0, 20.0, 2.0}), {20.0, 20.0}, 0, false};
  EXPECT_FALSE(SearchPlans(odd, {1, 60.0, 0.0}).empty());
}

}  // namespace
}  // namespace sagbench::pusht
