#include "tasks/recorder.h"

#include <array>

#include <gtest/gtest.h>

namespace sagbench {
namespace {

TEST(Recorder, KeepsWhatWasSeenBeforeEachAction) {
  const auto task = Tasks().Choose("pusht").Make(), other = Tasks().Choose("pusht").Make();
  std::vector<double> observation = task->Reset(3);
  other->Reset(3);
  Recorder recorder(*task, observation);
  const std::vector<std::array<double, 2>> actions = {{100, 120}, {140, 160}, {180, 200}};
  for (const auto& action : actions) EXPECT_TRUE(recorder.Step(action));
  const std::vector<double> last = recorder.observation();
  const Demonstration demonstration = recorder.Take();
  ASSERT_EQ(demonstration.actions.count(), actions.size());
  for (size_t row = 0; row < actions.size(); ++row) {
    EXPECT_EQ(demonstration.actions.values[2 * row], actions[row][0]);
    const std::vector<double> state = other->State();
    const Rows& states = demonstration.states;
    EXPECT_EQ(state, std::vector<double>(states.values.begin() + row * states.width,
                                         states.values.begin() + (row + 1) * states.width));
    EXPECT_EQ(demonstration.observations.at("keypoints").values[18 * row], observation[0]);
    EXPECT_EQ(demonstration.observations.at("agent_pos").values[2 * row + 1], observation[19]);
    const StepResult result = other->Step(actions[row]);
    EXPECT_EQ(demonstration.rewards[row], result.reward);
    EXPECT_EQ(demonstration.dones[row], 0);
    observation = result.observation;
  }
  EXPECT_EQ(last, observation);
  EXPECT_FALSE(recorder.success());
}

}  // namespace
}  // namespace sagbench
