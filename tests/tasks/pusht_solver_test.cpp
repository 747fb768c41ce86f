#include "tasks/pusht_solver.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "tasks/task.h"
#include "tests/tasks/pusht_golden.h"

namespace sagbench::pusht {
namespace {

// Walls and double contacts are left out or solved in another order: so, most scenarios, not all.
TEST(PushSolver, FollowsPymunk) {
  std::vector<double> errors;
  for (const Scenario& scenario : Scenarios()) {
    const Vec2 agent = {scenario.first[0], scenario.first[1]};
    PushSolver solver(agent,
                      CogFromOrigin({scenario.before[2], scenario.before[3], scenario.before[4]}));
    solver.SubStep(agent);  // the original's settling step
    double error = 0.0;
    for (size_t i = 0; i < scenario.steps(); ++i) {
      solver.Step({scenario.actions[2 * i], scenario.actions[2 * i + 1]});
      const Pose origin = OriginFromCog(solver.cog());
      const double* expected = scenario.state(i);
      error = std::max(error, std::hypot(origin.x - expected[4], origin.y - expected[5]));
    }
    if (scenario.block_moves) errors.push_back(error);
  }
  std::sort(errors.begin(), errors.end());
  EXPECT_LE(errors[errors.size() / 2], 1e-6);
}

// The second opinion on MuJoCo's contacts, on a plain push.
TEST(PushSolver, AgreesWithTheTask) {
  const auto task = Tasks().Choose("pusht").Make();
  const Pose cog = {256.0, 256.0, 0.3};
  const Vec2 agent = ToWorld(cog, {20.0, -70.0});
  const Vec2 target = ToWorld(cog, {20.0, 20.0});
  task->SetState(std::vector<double>{agent.x, agent.y, 0, 0, cog.x, cog.y, cog.angle, 0, 0, 0});
  PushSolver solver(agent, cog);
  for (int i = 0; i < 10; ++i) {
    task->Step(std::vector<double>{target.x, target.y});
    solver.Step(target);
  }
  const std::vector<double> state = task->State();
  EXPECT_GT(Length({solver.cog().x - cog.x, solver.cog().y - cog.y}), 20.0);
  EXPECT_NEAR(state[4], solver.cog().x, 0.5);
  EXPECT_NEAR(state[5], solver.cog().y, 0.5);
  EXPECT_NEAR(state[6], solver.cog().angle, 0.01);
}

TEST(PushSolver, LeavesAnUntouchedBlockAlone) {
  PushSolver solver({100.0, 100.0}, {300.0, 300.0, 1.0});
  for (int i = 0; i < 20; ++i) solver.Step({150.0, 80.0});
  EXPECT_EQ(solver.cog().x, 300.0);
  EXPECT_EQ(solver.cog().angle, 1.0);
  EXPECT_NEAR(solver.agent().x, 150.0, 0.01);
}

TEST(PushSolver, PushesOutAnOverlap) {
  const Pose cog = {256.0, 256.0, 0.0};
  PushSolver solver({256.0, 220.0}, cog);  // inside the bar
  for (int i = 0; i < 30; ++i) solver.Step({256.0, 220.0});
  const Vec2 local = ToLocal(OriginFromCog(solver.cog()), solver.agent());
  EXPECT_GT(DistanceToT(local), kAgentRadius - 0.2);
}

}  // namespace
}  // namespace sagbench::pusht
