#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "tasks/expert.h"

namespace sagbench {
namespace {

std::vector<double> Row(const Rows& rows, size_t t) {
  return {rows.values.begin() + t * rows.width, rows.values.begin() + (t + 1) * rows.width};
}

// The demonstration's actions, replayed by a task of its own, give its rows and its success.
void ExpectReplays(const ExpertResult& result) {
  const Demonstration& demonstration = result.demonstration;
  const auto task = Tasks().Choose("pusht").Make();
  std::vector<double> observation = task->SetState(Row(demonstration.states, 0));
  StepResult step;
  for (size_t t = 0; t < demonstration.actions.count(); ++t) {
    ASSERT_EQ(task->State(), Row(demonstration.states, t));
    std::vector<double> recorded = Row(demonstration.observations.at("keypoints"), t);
    const std::vector<double> agent = Row(demonstration.observations.at("agent_pos"), t);
    recorded.insert(recorded.end(), agent.begin(), agent.end());
    ASSERT_EQ(observation, recorded);
    step = task->Step(Row(demonstration.actions, t));
    ASSERT_EQ(step.reward, demonstration.rewards[t]);
    ASSERT_EQ(step.done, demonstration.dones[t] != 0);
    observation = step.observation;
  }
  EXPECT_EQ(step.success, result.success);
}

TEST(PushTExpert, SolvesAndItsRecordReplays) {
  const auto expert = Experts().Choose("pusht").Make();
  for (const StartKind start : {StartKind::kReset, StartKind::kNearGoal}) {
    for (uint64_t seed = 0; seed < 4; ++seed) {
      const ExpertResult result = expert->Solve({start, seed, 0, {}});
      EXPECT_TRUE(result.success) << seed;
      EXPECT_FALSE(result.first_choice.empty());
      ExpectReplays(result);
    }
  }
}

TEST(PushTExpert, EqualRequestsEqualDemonstrations) {
  const auto one = Experts().Choose("pusht").Make(), two = Experts().Choose("pusht").Make();
  two->Solve({StartKind::kReset, 9, 0, {}});  // what was before must not matter
  const ExpertRequest request = {StartKind::kNearGoal, 3, 1, {}};
  const ExpertResult a = one->Solve(request), b = two->Solve(request);
  EXPECT_EQ(a.demonstration.actions.values, b.demonstration.actions.values);
  EXPECT_EQ(a.first_choice, b.first_choice);
}

TEST(PushTExpert, OtherChoicesOtherDemonstrations) {
  const auto expert = Experts().Choose("pusht").Make();
  const ExpertResult a = expert->Solve({StartKind::kReset, 1, 0, {}});
  const ExpertResult b = expert->Solve({StartKind::kReset, 1, 1, {}});
  EXPECT_EQ(Row(a.demonstration.states, 0), Row(b.demonstration.states, 0));
  EXPECT_NE(a.demonstration.actions.values, b.demonstration.actions.values);
}

TEST(PushTExpert, GoesOnFromStrangeStates) {
  const auto expert = Experts().Choose("pusht").Make();
  const std::vector<std::vector<double>> states = {
      {256.0, 220.0, 0.0, 0.0, 256.0, 256.0, 0.3, 0.0, 0.0, 0.0},     // inside the T
      {-30.0, 250.0, -80.0, 10.0, 300.0, 300.0, 4.0, 0.0, 0.0, 0.0},  // outside the window
      {330.0, 300.0, 90.0, 90.0, 300.0, 300.0, 40.0, 10.0, 5.0, 0.1}};
  for (const std::vector<double>& state : states) {
    const ExpertResult result = expert->Solve({StartKind::kState, 1, 0, state});
    EXPECT_TRUE(result.success);
    ExpectReplays(result);
  }
}

TEST(LongPushTExpert, SolvesTwoHundredResets) {
  const auto expert = Experts().Choose("pusht").Make();
  const int count = 200;
  int solved = 0;
  double seconds = 0.0;
  for (uint64_t seed = 0; seed < count; ++seed) {
    const ExpertResult result = expert->Solve({StartKind::kReset, seed, 0, {}});
    solved += result.success ? 1 : 0;
    seconds += result.seconds;
  }
  RecordProperty("solved", solved);
  EXPECT_GE(solved, 0.98 * count);
  EXPECT_LE(seconds / count, 5.0);
}

TEST(LongPushTExpert, HasModes) {
  const auto expert = Experts().Choose("pusht").Make();
  int different = 0;
  for (uint64_t seed = 0; seed < 60; ++seed) {
    const ExpertResult a = expert->Solve({StartKind::kReset, seed, 0, {}});
    const ExpertResult b = expert->Solve({StartKind::kReset, seed, 1, {}});
    different += a.first_choice != b.first_choice ? 1 : 0;
  }
  RecordProperty("different", different);
  EXPECT_GE(different, 10);
}

}  // namespace
}  // namespace sagbench
