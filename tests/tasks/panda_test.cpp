#include "tasks/panda.h"

#include <cmath>

#include <gtest/gtest.h>

#include "tests/tasks/robosuite_replay.h"

namespace sagbench::robosuite {
namespace {

// All runs of both tasks.
std::vector<GoldenRun> AllRuns() {
  std::vector<GoldenRun> runs = GoldenRuns("lift");
  for (GoldenRun& run : GoldenRuns("can")) runs.push_back(std::move(run));
  return runs;
}

void Start(GoldenScene& scene, const GoldenRun& run, Panda& panda) {
  scene.Place(0);
  mjData* data = scene.data();
  const auto copy = [&](const char* key, mjtNum* to, int object) {
    const std::vector<double> full = run.file().Doubles(key);
    std::copy_n(full.begin(), kRobotJoints, to);
    std::copy_n(full.end() - object, object, to + kRobotJoints);
  };
  copy("init/qvel", data->qvel, 6);
  copy("init/qacc_warmstart", data->qacc_warmstart, 6);
  panda.Restart(*data);
}

TEST(Panda, CommandsEverySubStepAsTheOriginal) {
  int compared = 0;
  for (const GoldenRun& run : AllRuns()) {
    if (!run.file().Has("substep/ctrl_first10")) continue;
    const std::vector<double> expected = run.file().Doubles("substep/ctrl_first10");
    GoldenScene scene(run);
    Panda panda(scene.model(), {run.legacy(), run.absolute()});
    const size_t steps = expected.size() / (kSubSteps * kRobotJoints);
    size_t free = 0;  // control steps before the robot touches anything
    while (free < steps && !scene.RobotTouches(free + 1)) ++free;
    Start(scene, run, panda);
    for (size_t at = 0; at < free * kSubSteps; ++at) {
      panda.SubStep(scene.model(), scene.data(), run.Row("step/action", at / kSubSteps),
                    static_cast<int>(at % kSubSteps), at < kSubSteps);
      for (int i = 0; i < kRobotJoints; ++i) {
        EXPECT_NEAR(scene.data()->ctrl[i], expected[at * kRobotJoints + i], 1e-9)
            << run.name() << " sub-step " << at << " actuator " << i;
        ++compared;
      }
    }
  }
  EXPECT_GT(compared, 0);
}

// Goals as recorded, the pose being the recorded one. The grip's orientation is computed from it.
TEST(Panda, SetsTheRecordedGoals) {
  for (const GoldenRun& run : AllRuns()) {
    Replay replay(run);
    GoldenScene& scene = replay.scene();
    Panda panda(scene.model(), {run.legacy(), run.absolute()});
    scene.Place(0);
    panda.Restart(*scene.data());
    const std::vector<double> positions = run.file().Doubles("step/goal_pos");
    const std::vector<double> orientations = run.file().Doubles("step/goal_ori");
    // Recorded in the controller's frame: of the arm's base in 1.5, unless the input is absolute.
    const bool in_base = !run.legacy() && !run.absolute();
    const int base = IdOf(scene.model(), mjOBJ_SITE, "robot0_right_center");
    for (size_t row = 0; row < run.steps(); ++row) {
      scene.Place(row);
      panda.SubStep(scene.model(), scene.data(), run.Row("step/action", row), 0, false);
      for (int i = 0; i < 3; ++i) {
        const double origin = in_base ? scene.data()->site_xpos[3 * base + i] : 0.0;
        EXPECT_NEAR(panda.goal().position[i] - origin, positions[3 * row + i], 1e-9) << run.name();
      }
      for (int i = 0; i < 9; ++i) {
        EXPECT_NEAR(panda.goal().orientation[i], orientations[9 * row + i], 1e-9) << run.name();
      }
    }
  }
}

// What the absolute runs of 1.5 were given: 1.4.1 reads the same numbers through float32.
TEST(Panda, LegacyReadsAbsoluteGoalsAlike) {
  int compared = 0;
  for (const GoldenRun& run : AllRuns()) {
    if (!run.absolute()) continue;
    GoldenScene scene(run);
    Panda panda(scene.model(), {.legacy = true, .absolute = true});
    for (size_t row = 0; row < run.steps(); ++row) {
      scene.Place(row);
      panda.SubStep(scene.model(), scene.data(), run.Row("step/action", row), 0, false);
      const std::vector<double> position = run.Row("step/goal_pos", row);
      const std::vector<double> orientation = run.Row("step/goal_ori", row);
      for (int i = 0; i < 3; ++i) EXPECT_EQ(panda.goal().position[i], position[i]);
      for (int i = 0; i < 9; ++i) EXPECT_NEAR(panda.goal().orientation[i], orientation[i], 1e-6);
      ++compared;
    }
  }
  EXPECT_GT(compared, 0);
}

TEST(Panda, RampsTheGripperAsEachVersionDoes) {
  const GoldenRun run = std::move(GoldenRuns("lift").at(0));
  for (const auto& [legacy, after_one] : {std::pair{true, 0.25}, std::pair{false, 0.2}}) {
    GoldenScene scene(run);
    Panda panda(scene.model(), {.legacy = legacy, .absolute = false});
    scene.Place(0);
    panda.Restart(*scene.data());
    const std::vector<double> close = {0, 0, 0, 0, 0, 0, 0.01};
    const std::vector<double> hold(7, 0.0), open = {0, 0, 0, 0, 0, 0, -1};
    const auto step = [&](const std::vector<double>& action, double grip) {
      for (int i = 0; i < kSubSteps; ++i) {
        panda.SubStep(scene.model(), scene.data(), action, i, false);
      }
      EXPECT_NEAR(panda.memory().grip[0], grip, 1e-12);
      EXPECT_NEAR(panda.memory().grip[1], -grip, 1e-12);
      EXPECT_NEAR(scene.data()->ctrl[7], 0.02 + 0.02 * grip, 1e-12);
      EXPECT_NEAR(scene.data()->ctrl[8], -0.02 - 0.02 * grip, 1e-12);
    };
    step(close, -after_one);
    step(hold, -after_one);
    for (int i = 0; i < 12; ++i) step(open, std::min(1.0, -after_one + (i + 1) * after_one));
  }
}

// 1.5 turns the goal with the hand when an action does not turn it, 1.4.1 keeps the last.
TEST(Panda, ZeroRotationKeepsTheGoalOfLegacyAlone) {
  const GoldenRun run = std::move(GoldenRuns("lift").at(0));
  for (const bool legacy : {true, false}) {
    GoldenScene scene(run);
    Panda panda(scene.model(), {.legacy = legacy, .absolute = false});
    scene.Place(0);
    panda.Restart(*scene.data());
    const Mat3 before = panda.GripOrientation(*scene.data());
    scene.data()->qpos[6] += 0.3;  // somebody turns the hand
    const std::vector<double> still(7, 0.0);
    panda.SubStep(scene.model(), scene.data(), still, 0, false);
    EXPECT_EQ(panda.goal().orientation == before, legacy);
  }
}

}  // namespace
}  // namespace sagbench::robosuite
