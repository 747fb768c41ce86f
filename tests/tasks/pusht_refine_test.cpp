#include "tasks/pusht_refine.h"

#include <gtest/gtest.h>

namespace sagbench::pusht {
namespace {

Moment SomeMoment() {
  const Vec2 agent = {120.0, 380.0};
  return {PushSolver(agent, {300.0, 260.0, 0.4}), agent, 0, false};
}

CounterRandom ExpertRandom() {
  return CounterRandom({1, 2, 3, 4, NoisePurpose::kExpert});
}

TEST(PushTRefine, NeverWorseAndDeterministic) {
  Plan plan = SearchPlans(SomeMoment(), {2, 20.0, 10.0})[0];
  CounterRandom one = ExpertRandom(), two = ExpertRandom();
  const Plan a = Refine(SomeMoment(), plan, 100, one), b = Refine(SomeMoment(), plan, 100, two);
  EXPECT_LE(a.cost, plan.cost);
  EXPECT_EQ(a.cost, b.cost);
  EXPECT_EQ(a.pushes[0].u, b.pushes[0].u);
}

TEST(PushTRefine, NoEvaluationsChangeNothing) {
  const Plan plan = SearchPlans(SomeMoment(), {2, 20.0, 10.0})[0];
  CounterRandom random = ExpertRandom();
  const Plan same = Refine(SomeMoment(), plan, 0, random);
  EXPECT_EQ(same.pushes[0].length, plan.pushes[0].length);
  EXPECT_NEAR(same.cost, plan.cost, 1e-6);
}

TEST(PushTRefine, AnApproachThroughTheTIsPunished) {
  const Pose cog = {256.0, 256.0, 0.0};
  const Vec2 inside = {256.0, 240.0};
  Plan plan = {{{0, 0.0, 0.0, 20.0}}, 0.0, false};
  Evaluate({PushSolver(inside, cog), inside, 0, false}, &plan);
  EXPECT_GT(plan.cost, 1000.0);
}

}  // namespace
}  // namespace sagbench::pusht
