// What every registered task must do, at its defaults and with each other choice of each knob,
// without naming any.
#include <algorithm>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "core/error.h"
#include "core/noise.h"
#include "tasks/task.h"

namespace sagbench {
namespace {

class TaskContract : public testing::TestWithParam<std::string> {
 protected:
  std::unique_ptr<Task> Make() const { return Tasks().Choose(GetParam()).Make(); }

  static std::vector<double> RandomAction(const TaskSpec& spec, CounterRandom& random) {
    std::vector<double> action(spec.action_size);
    for (int i = 0; i < spec.action_size; ++i) {
      action[i] = random.Uniform(spec.action_low[i], spec.action_high[i]);
    }
    return action;
  }

  // Actions that hold for a while, so that things are moved.
  static std::vector<std::vector<double>> RandomActions(const TaskSpec& spec, int count,
                                                        uint64_t seed) {
    CounterRandom random({seed, 0, 0, 0, NoisePurpose::kExpert});
    std::vector<std::vector<double>> actions;
    for (int i = 0; i < count; ++i) {
      actions.push_back(i % 5 == 0 ? RandomAction(spec, random) : actions.back());
    }
    return actions;
  }

  static void ExpectFinite(const std::vector<double>& values) {
    for (const double value : values) EXPECT_TRUE(std::isfinite(value));
  }
};

TEST_P(TaskContract, SpecHolds) {
  const auto task = Make();
  const TaskSpec& spec = task->spec();
  int size = 0;
  for (const ObservationKey& key : spec.observation_keys) size += key.size;
  EXPECT_EQ(size, spec.observation_size);
  EXPECT_GT(spec.max_steps, 0);
  EXPECT_GT(spec.control_period, 0.0);
  EXPECT_EQ(spec.action_low.size(), static_cast<size_t>(spec.action_size));
  EXPECT_EQ(spec.action_high.size(), static_cast<size_t>(spec.action_size));
  EXPECT_EQ(task->Reset(1).size(), static_cast<size_t>(spec.observation_size));
  EXPECT_EQ(task->State().size(), static_cast<size_t>(spec.state_size));
}

TEST_P(TaskContract, EqualSeedsAndActionsEqualEpisodes) {
  const auto one = Make(), two = Make();
  two->Reset(99);  // what was before must not matter
  two->Step(std::vector<double>(two->spec().action_low));
  EXPECT_EQ(one->Reset(7), two->Reset(7));
  for (const auto& action : RandomActions(one->spec(), 100, 7)) {
    const StepResult a = one->Step(action), b = two->Step(action);
    ASSERT_EQ(a.observation, b.observation);
    ASSERT_EQ(a.reward, b.reward);
    ASSERT_EQ(a.done, b.done);
    if (a.done) break;
  }
}

TEST_P(TaskContract, OtherSeedsOtherStarts) {
  const auto task = Make();
  EXPECT_NE(task->Reset(1), task->Reset(2));
}

TEST_P(TaskContract, SetStateContinuesBitForBit) {
  const auto one = Make(), two = Make();
  one->Reset(11);
  const auto actions = RandomActions(one->spec(), 120, 11);
  for (int cut = 0; cut < 60; ++cut) {
    if (cut % 20 == 0) {
      std::vector<double> observation = two->SetState(one->State());
      ASSERT_EQ(two->State(), one->State());
      ASSERT_EQ(observation.size(), static_cast<size_t>(one->spec().observation_size));
    }
    const StepResult a = one->Step(actions[cut]), b = two->Step(actions[cut]);
    ASSERT_EQ(a.observation, b.observation) << "step " << cut;
    ASSERT_EQ(one->State(), two->State()) << "step " << cut;
    if (a.done) break;
  }
}

TEST_P(TaskContract, ThousandRandomActions) {
  const auto task = Make();
  const TaskSpec& spec = task->spec();
  uint64_t seed = 20;
  task->Reset(seed);
  int episode_steps = 0;
  for (const auto& action : RandomActions(spec, 1000, 20)) {
    const StepResult result = task->Step(action);
    ++episode_steps;
    ASSERT_EQ(result.failure, "");
    ASSERT_EQ(result.observation.size(), static_cast<size_t>(spec.observation_size));
    ExpectFinite(result.observation);
    ASSERT_GE(result.reward, 0.0);
    ASSERT_LE(result.reward, 1.0);
    ASSERT_LE(episode_steps, spec.max_steps);
    if (result.success || episode_steps == spec.max_steps) {
      ASSERT_TRUE(result.done);
    }
    if (result.done) {
      ExpectFinite(task->Reset(++seed));
      episode_steps = 0;
    }
  }
}

// While a policy thinks (--real-time): the robot stays, whatever moved before.
TEST_P(TaskContract, HoldingComesToRest) {
  const auto task = Make();
  std::vector<double> observation = task->Reset(3);
  std::vector<double> action;
  for (const int held : {30, 60}) {
    double moved = 0.0;
    for (int i = 0; i < held; ++i) {
      action = task->Hold(action);
      ASSERT_EQ(action.size(), static_cast<size_t>(task->spec().action_size));
      ExpectFinite(action);
      const StepResult result = task->Step(action);
      moved = 0.0;
      for (size_t k = 0; k < observation.size(); ++k) {
        moved = std::max(moved, std::abs(result.observation[k] - observation[k]));
      }
      observation = result.observation;
    }
    EXPECT_LT(moved, 2e-3);
    CounterRandom random({.run_seed = 3});
    action = RandomAction(task->spec(), random);
    task->Step(action);
  }
}

TEST_P(TaskContract, RefusesBadActions) {
  const auto task = Make();
  task->Reset(1);
  const std::vector<double> before = task->State();
  std::vector<double> action = task->spec().action_low;
  action[0] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(task->Step(action), Error);
  action[0] = std::numeric_limits<double>::infinity();
  EXPECT_THROW(task->Step(action), Error);
  EXPECT_THROW(task->Step(std::vector<double>(task->spec().action_size + 1)), Error);
  EXPECT_THROW(task->SetState(std::vector<double>(task->spec().state_size + 1)), Error);
  EXPECT_EQ(task->State(), before);
}

std::vector<std::string> TaskNames() {
  std::vector<std::string> names;
  for (const auto& entry : Tasks().entries()) {
    names.push_back(entry.name);
    for (const Knob& knob : entry.knobs) {
      for (const std::string& choice : knob.choices) {
        if (choice == knob.default_value) continue;
        names.push_back(entry.name + ":" + knob.name + "=" + choice);
      }
    }
  }
  return names;
}

INSTANTIATE_TEST_SUITE_P(Registered, TaskContract, testing::ValuesIn(TaskNames()),
                         [](const auto& info) {
                           std::string name = info.param;
                           for (char& c : name) c = std::isalnum(c) ? c : '_';
                           return name;
                         });

}  // namespace
}  // namespace sagbench
