#include "tasks/arm_expert.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/tasks/row_of.h"

namespace sagbench::robosuite {
namespace {

namespace fs = std::filesystem;

class ArmExperts : public testing::TestWithParam<std::string> {};

// Put where the file's first state says, its actions give its episode, bit for bit.
void ExpectReplays(const std::string& name, const Demonstration& recorded) {
  const auto task = Tasks().Choose(name).Make();
  task->SetState(RowOf(recorded.states, 0));
  for (size_t row = 0; row < recorded.actions.count(); ++row) {
    EXPECT_EQ(task->State(), RowOf(recorded.states, row)) << row;
    const StepResult result = task->Step(RowOf(recorded.actions, row));
    EXPECT_EQ(result.reward, recorded.rewards[row]);
    EXPECT_EQ(result.success, row + 1 == recorded.actions.count());
    if (row + 1 == recorded.actions.count()) break;
    size_t from = 0;
    for (const ObservationKey& key : task->spec().observation_keys) {
      const std::vector<double> part(result.observation.begin() + from,
                                     result.observation.begin() + from + key.size);
      EXPECT_EQ(part, RowOf(recorded.observations.at(key.name), row + 1));
      from += key.size;
    }
  }
}

TEST_P(ArmExperts, ADemonstrationReplaysFromItsFile) {
  const ExpertResult made =
      Experts().Choose(GetParam()).Make()->Solve({StartKind::kReset, 3, 0, {}});
  ASSERT_TRUE(made.success);
  const fs::path path = fs::temp_directory_path() / ("arm_expert_" + GetParam() + ".hdf5");
  WriteDemonstrations(path, {}, {made.demonstration});
  std::vector<std::string> keys;
  for (const auto& [key, rows] : made.demonstration.observations) keys.push_back(key);
  const DemonstrationFile file = ReadDemonstrations(path, keys);
  ExpectReplays(GetParam(), file.demonstrations.at(0));
  fs::remove(path);
}

TEST_P(ArmExperts, EqualRequestsGiveEqualDemonstrations) {
  const auto one = Experts().Choose(GetParam()).Make(), two = Experts().Choose(GetParam()).Make();
  two->Solve({StartKind::kReset, 8, 0, {}});
  const ExpertResult a = one->Solve({StartKind::kReset, 4, 1, {}});
  const ExpertResult b = two->Solve({StartKind::kReset, 4, 1, {}});
  EXPECT_EQ(a.demonstration.actions.values, b.demonstration.actions.values);
  EXPECT_EQ(a.first_choice, b.first_choice);
  const ExpertResult c = one->Solve({StartKind::kReset, 4, 2, {}});
  EXPECT_NE(a.demonstration.actions.values, c.demonstration.actions.values);
}

TEST_P(ArmExperts, GoesOnFromAVisitedState) {
  const auto expert = Experts().Choose(GetParam()).Make();
  const ExpertResult first = expert->Solve({StartKind::kReset, 5, 0, {}});
  const std::vector<double> middle =
      RowOf(first.demonstration.states, first.demonstration.states.count() / 2);
  const ExpertResult second = expert->Solve({StartKind::kState, 5, 0, middle});
  EXPECT_TRUE(second.success);
  EXPECT_EQ(RowOf(second.demonstration.states, 0), middle);
}

TEST_P(ArmExperts, NearGoalStartsAreRefused) {
  const auto expert = Experts().Choose(GetParam()).Make();
  try {
    expert->Solve({StartKind::kNearGoal, 5, 0, {}});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kUsage);
  }
}

TEST_P(ArmExperts, SucceedsFromMostSeeds) {
  const auto expert = Experts().Choose(GetParam()).Make();
  std::set<std::string> modes;
  int successes = 0;
  for (uint64_t seed = 100; seed < 110; ++seed) {
    const ExpertResult result = expert->Solve({StartKind::kReset, seed, 0, {}});
    successes += result.success;
    modes.insert(result.first_choice);
  }
  EXPECT_EQ(successes, 10);
  EXPECT_GT(modes.size(), 2U);
}

class LongArmExperts : public ArmExperts {};

TEST_P(LongArmExperts, SucceedFromNearlyEverySeed) {
  const auto expert = Experts().Choose(GetParam()).Make();
  int successes = 0;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    successes += expert->Solve({StartKind::kReset, seed, 0, {}}).success;
  }
  EXPECT_GE(successes, 198);
}

const auto kNames = testing::Values("lift", "can");
INSTANTIATE_TEST_SUITE_P(Tasks, ArmExperts, kNames, [](const auto& info) { return info.param; });
INSTANTIATE_TEST_SUITE_P(Long, LongArmExperts, kNames, [](const auto& info) { return info.param; });

}  // namespace
}  // namespace sagbench::robosuite
