#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "core/error.h"
#include "tasks/pusht_geometry.h"
#include "tasks/task.h"
#include "tests/tasks/pusht_golden.h"
#include "tests/tasks/quantile.h"

namespace sagbench {
namespace {

using pusht::Pose;

Pose OriginOf(const Task& task) {
  const std::vector<double> state = task.State();
  return pusht::OriginFromCog({state[4], state[5], state[6]});
}

TEST(PushT, ResetsAsTheOriginal) {
  const SafetensorsFile golden = pusht::Golden("pusht_reset");
  const std::vector<int64_t> seeds = golden.Integers("seed");
  const std::vector<double> raw = golden.Doubles("raw");
  for (const auto& [knob, key] :
       {std::pair{"legacy", "after_reset_legacy"}, std::pair{"exact", "after_reset_nonlegacy"}}) {
    const auto task = Tasks().Choose(std::string("pusht:reset=") + knob).Make();
    const std::vector<double> expected = golden.Doubles(key);
    for (size_t i = 0; i < seeds.size(); ++i) {
      task->Reset(static_cast<uint64_t>(seeds[i]));
      const std::vector<double> state = task->State();
      EXPECT_EQ(state[0], raw[5 * i]);
      EXPECT_EQ(state[1], raw[5 * i + 1]);
      EXPECT_EQ(state[6], raw[5 * i + 4]);
      EXPECT_NEAR(OriginOf(*task).x, expected[5 * i + 2], 1e-9) << knob << " seed " << seeds[i];
      EXPECT_NEAR(OriginOf(*task).y, expected[5 * i + 3], 1e-9) << knob << " seed " << seeds[i];
    }
  }
}

TEST(PushT, ObservesAsTheOriginal) {
  const SafetensorsFile golden = pusht::Golden("pusht_reset");
  const std::vector<int64_t> seeds = golden.Integers("kp_obs_seed");
  const std::vector<double> expected = golden.Doubles("kp_obs");
  const size_t width = expected.size() / seeds.size();  // with a visibility mask at the end
  const auto task = Tasks().Choose("pusht").Make();
  for (size_t i = 0; i < seeds.size(); ++i) {
    const std::vector<double> observation = task->Reset(static_cast<uint64_t>(seeds[i]));
    ASSERT_EQ(observation.size(), 20U);
    for (size_t j = 0; j < observation.size(); ++j) {
      EXPECT_NEAR(observation[j], expected[width * i + j], 1e-9) << seeds[i];
    }
  }
}

TEST(PushT, StateObservationWrapsTheAngle) {
  const auto task = Tasks().Choose("pusht:observation=state").Make();
  const std::vector<double> state = {50.0, 60.0, 0.0, 0.0, 256.0, 250.0, -0.5, 0.0, 0.0, 0.0};
  const std::vector<double> observation = task->SetState(state);
  ASSERT_EQ(observation.size(), 5U);
  EXPECT_EQ(observation[0], 50.0);
  EXPECT_NEAR(observation[4], 2.0 * std::acos(-1.0) - 0.5, 1e-12);
}

TEST(PushT, MovesAsPymunk) {
  const auto task = Tasks().Choose("pusht").Make();
  std::vector<double> position_10, position_end, angle_10, angle_end;
  double agent = 0.0;
  for (const pusht::Scenario& scenario : pusht::Scenarios()) {
    const Pose cog =
        pusht::CogFromOrigin({scenario.before[2], scenario.before[3], scenario.before[4]});
    const std::vector<double>& first = scenario.first;
    task->SetState(std::vector<double>{first[0], first[1], first[2], first[3], cog.x, cog.y,
                                       cog.angle, first[7], first[8], first[9]});
    for (size_t i = 0; i < scenario.steps(); ++i) {
      task->Step(std::span(scenario.actions).subspan(2 * i, 2));
      const double* expected = scenario.state(i);
      const std::vector<double> state = task->State();
      agent = std::max(agent, std::hypot(state[0] - expected[0], state[1] - expected[1]));
      const Pose origin = OriginOf(*task);
      const double position = std::hypot(origin.x - expected[4], origin.y - expected[5]);
      const double angle = std::abs(origin.angle - expected[6]);
      if (!scenario.block_moves) {
        EXPECT_LT(position, 1e-9) << scenario.name;
        continue;
      }
      if (i == 9) position_10.push_back(position), angle_10.push_back(angle);
      if (i + 1 == scenario.steps()) position_end.push_back(position), angle_end.push_back(angle);
    }
  }
  EXPECT_LE(agent, 1e-9);
  EXPECT_LE(Quantile(position_10, 0.5), 0.5);
  EXPECT_LE(Quantile(position_10, 0.9), 5.0);
  EXPECT_LE(Quantile(position_end, 0.5), 0.5);
  EXPECT_LE(Quantile(angle_10, 0.5), 0.005);
  EXPECT_LE(Quantile(angle_end, 0.5), 0.005);
}

TEST(PushT, SucceedsAtTheGoalAndEnds) {
  const auto task = Tasks().Choose("pusht").Make();
  const Pose goal = pusht::CogFromOrigin(pusht::kGoal);
  task->SetState(
      std::vector<double>{20.0, 20.0, 0.0, 0.0, goal.x, goal.y, goal.angle, 0.0, 0.0, 0.0});
  const StepResult result = task->Step(std::vector<double>{20.0, 20.0});
  EXPECT_TRUE(result.success);
  EXPECT_TRUE(result.done);
  EXPECT_EQ(result.reward, 1.0);
}

TEST(PushT, EndsAfterItsSteps) {
  const auto task = Tasks().Choose("pusht").Make();
  task->Reset(3);
  const std::vector<double> stay = {20.0, 20.0};
  for (int i = 1; i < task->spec().max_steps; ++i) ASSERT_FALSE(task->Step(stay).done) << i;
  EXPECT_TRUE(task->Step(stay).done);
}

TEST(PushT, FarAwayTargetsAreAFailureNotAnExit) {
  const auto task = Tasks().Choose("pusht").Make();
  task->Reset(3);
  const StepResult result = task->Step(std::vector<double>{1e12, 1e12});
  EXPECT_TRUE(result.done);
  EXPECT_FALSE(result.success);
  EXPECT_EQ(result.failure, "physics_diverged");
}

TEST(PushT, RefusesSeedsThatNumpyRefuses) {
  const auto task = Tasks().Choose("pusht").Make();
  EXPECT_THROW(task->Reset(uint64_t{1} << 32), Error);
}

}  // namespace
}  // namespace sagbench
