// The arm's tasks against runs of the real robosuite, whatever runs the golden folder has.
#include "tasks/robosuite_task.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/tasks/quantile.h"
#include "tests/tasks/robosuite_replay.h"

namespace sagbench::robosuite {
namespace {

// How far one control step may be off: contacts amplify rounding.
struct Limits {
  double median, most, worst;  // most: the 95th percentile
};
const std::map<std::string, Limits> kLimits = {{"lift", {1e-12, 1e-6, 2e-4}},
                                               {"can", {1e-11, 1e-4, 1e-3}}};

class Robosuite : public testing::TestWithParam<std::string> {};

TEST_P(Robosuite, OneStepFromEveryRecordedState) {
  std::vector<double> errors;
  for (const GoldenRun& run : GoldenRuns(GetParam())) {
    Replay replay(run);
    for (size_t row = 0; row < run.steps(); ++row) {
      replay.Start(row);
      const StepResult result = replay.task().Step(run.Row("step/action", row));
      errors.push_back(replay.Error(row + 1));
      EXPECT_EQ(result.success, run.Row("step/success", row)[0] != 0.0) << run.name() << " " << row;
      EXPECT_EQ(result.reward, run.Row("step/reward", row)[0]) << run.name() << " " << row;
    }
  }
  ASSERT_FALSE(errors.empty());
  const Limits& limits = kLimits.at(GetParam());
  EXPECT_LE(Quantile(errors, 0.5), limits.median);
  EXPECT_LE(Quantile(errors, 0.95), limits.most);
  EXPECT_LE(Quantile(errors, 1.0), limits.worst);
}

TEST_P(Robosuite, RunsAlikeUntilTheFirstContact) {
  for (const GoldenRun& run : GoldenRuns(GetParam())) {
    Replay replay(run);
    replay.Start(0);
    size_t row = 0;
    for (; row < run.steps() && !replay.scene().RobotTouches(row + 1); ++row) {
      replay.task().Step(run.Row("step/action", row));
      EXPECT_LE(replay.Error(row + 1), 1e-9) << run.name() << " " << row;
    }
    EXPECT_GT(row, 0U) << run.name();
  }
}

// float32 in the original: the can's pose in the hand's frame.
TEST_P(Robosuite, ObservesTheRecordedStates) {
  for (const GoldenRun& run : GoldenRuns(GetParam())) {
    Replay replay(run);
    for (size_t row = run.legacy() ? 1 : 0; row <= run.steps(); ++row) {
      const std::vector<double> expected =
          row == 0 ? run.file().Doubles("init/obs") : run.Row("step/obs", row - 1);
      const std::vector<double> seen = replay.Start(row);
      ASSERT_EQ(seen.size(), expected.size());
      for (size_t i = 0; i < seen.size(); ++i) {
        const bool relative = run.task() == "can" && i < 14 && (i >= 7) == run.legacy();
        EXPECT_NEAR(seen[i], expected[i], relative ? 1e-6 : 1e-9) << run.name() << " " << row;
      }
    }
  }
}

// A step returns what SetState shows of the state that it reached.
TEST_P(Robosuite, StepAndStateShowTheSame) {
  for (const char* knobs : {":actions=delta", ":semantics=v15,actions=delta"}) {
    const auto task = Tasks().Choose(GetParam() + knobs).Make();
    const auto other = Tasks().Choose(GetParam() + knobs).Make();
    const std::vector<double> first = task->Reset(5);
    EXPECT_EQ(other->SetState(task->State()), first);
    for (int i = 0; i < 30; ++i) {
      const StepResult result = task->Step(std::vector<double>{0.3, -0.2, -0.6, 0.1, 0, 0, -1});
      const std::vector<double> seen = other->SetState(task->State());
      ASSERT_EQ(seen.size(), result.observation.size());
      for (size_t j = 0; j < seen.size(); ++j) EXPECT_NEAR(seen[j], result.observation[j], 1e-12);
    }
  }
}

// The distributions themselves are tested in placement_test.cpp.
TEST_P(Robosuite, AResetIsWhatItsSeedDraws) {
  const auto task = Tasks().Choose(GetParam()).Make();
  for (uint64_t seed = 0; seed < 5; ++seed) {
    const std::vector<double> observation = task->Reset(seed);
    CounterRandom random({.run_seed = seed, .purpose = NoisePurpose::kReset});
    const ArmVector joints = DrawArmStart(random);
    const LiftStart lift = GetParam() == "lift" ? DrawLiftStart(random) : LiftStart{};
    const ObjectStart start = GetParam() == "lift" ? lift.cube : DrawCanStart(random);
    const std::vector<double> state = task->State();
    for (int i = 0; i < kArmJoints; ++i) EXPECT_EQ(state[1 + i], joints[i]);
    EXPECT_EQ(state[8], 0.020833);
    EXPECT_EQ(state[9], -0.020833);
    for (int i = 0; i < 3; ++i) {
      EXPECT_EQ(state[10 + i], start.position[i]);
      EXPECT_EQ(observation[i], start.position[i]);
      if (GetParam() == "lift") {
        EXPECT_EQ(state[state.size() - 3 + i], lift.half_size[i]);
      }
    }
    EXPECT_NEAR(observation[5], std::sin(start.yaw / 2.0), 1e-12);
    EXPECT_NEAR(observation[6], std::cos(start.yaw / 2.0), 1e-12);
  }
}

// A cube that MuJoCo refuses: the task goes on as one that never saw it.
TEST(Lift, AStateThatDoesNotCompileChangesNothing) {
  const auto task = Tasks().Choose("lift:actions=delta").Make();
  const auto untouched = Tasks().Choose("lift:actions=delta").Make();
  EXPECT_EQ(task->Reset(1), untouched->Reset(1));
  std::vector<double> bad = task->State();
  bad.back() = -1.0;  // half a size
  EXPECT_THROW(task->SetState(bad), Error);
  EXPECT_EQ(task->State(), untouched->State());
  const std::vector<double> action(7, 0.1);
  EXPECT_EQ(task->Step(action).observation, untouched->Step(action).observation);
  EXPECT_EQ(task->Reset(2), untouched->Reset(2));
}

TEST_P(Robosuite, AnEpisodeEndsAfterItsSteps) {
  const auto task = Tasks().Choose(GetParam() + ":actions=delta").Make();
  task->Reset(3);
  const std::vector<double> stay(7, 0.0);
  for (int i = 1; i < task->spec().max_steps; ++i) ASSERT_FALSE(task->Step(stay).done) << i;
  EXPECT_TRUE(task->Step(stay).done);
}

TEST_P(Robosuite, WhatDivergesIsAFailureNotAnExit) {
  const auto task = Tasks().Choose(GetParam()).Make();
  task->Reset(3);
  std::vector<double> state = task->State();
  state[1 + 9] = 1e12;  // the object, far away
  task->SetState(state);
  const StepResult result = task->Step(std::vector<double>(task->spec().action_low));
  EXPECT_TRUE(result.done);
  EXPECT_FALSE(result.success);
  EXPECT_EQ(result.failure, "physics_diverged");
}

TEST_P(Robosuite, WrongActionsAreNamed) {
  const auto task = Tasks().Choose(GetParam()).Make();
  task->Reset(1);
  try {
    task->Step(std::vector<double>(10, 0.0));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kUsage);
    EXPECT_EQ(std::string(error.what()), GetParam() + " action of 10 numbers: it has 7");
  }
}

INSTANTIATE_TEST_SUITE_P(Tasks, Robosuite, testing::Values("lift", "can"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace sagbench::robosuite
