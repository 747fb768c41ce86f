#include "tasks/recorder.h"

#include <utility>

namespace sagbench {

Recorder::Recorder(Task& task, std::vector<double> observation)
    : task_(task), observation_(std::move(observation)) {
  for (const ObservationKey& key : task.spec().observation_keys) {
    demonstration_.observations[key.name].width = key.size;
  }
  demonstration_.actions.width = task.spec().action_size;
  demonstration_.states.width = task.spec().state_size;
}

bool Recorder::Step(std::span<const double> action) {
  std::vector<double> state = task_.State();
  StepResult result = task_.Step(action);
  auto value = observation_.begin();
  for (const ObservationKey& key : task_.spec().observation_keys) {
    std::vector<double>& rows = demonstration_.observations[key.name].values;
    rows.insert(rows.end(), value, value + key.size);
    value += key.size;
  }
  const auto append = [](Rows& rows, auto begin, auto end) {
    rows.values.insert(rows.values.end(), begin, end);
  };
  append(demonstration_.states, state.begin(), state.end());
  append(demonstration_.actions, action.begin(), action.end());
  demonstration_.rewards.push_back(result.reward);
  demonstration_.dones.push_back(result.done ? 1 : 0);
  observation_ = std::move(result.observation);
  success_ = result.success;
  return !result.done;
}

}  // namespace sagbench
