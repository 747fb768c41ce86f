#include "bench/task_choice.h"

#include "core/error.h"
#include "tasks/policy_action.h"

namespace sagbench {

TaskRegistry::Choice TrainedTask(const PolicyConfig& policy) {
  std::string text = policy.task;
  for (const auto& [name, value] : policy.task_knobs) {
    text += (text == policy.task ? ":" : ",") + name + "=" + value;
  }
  return Tasks().Choose(text);
}

TaskRegistry::Choice ChooseTaskFor(const PolicyConfig& policy, const std::string& text) {
  const PluginText typed = ParsePlugin(text);
  if (typed.name != policy.task) {
    throw UsageError("the policy was trained for task '{}', not for '{}'", policy.task, typed.name);
  }
  const TaskRegistry::Choice trained = TrainedTask(policy);
  const TaskRegistry::Choice asked = Tasks().Choose(text);
  for (const auto& [name, value] : typed.knobs) {
    if (asked.knobs.all().at(name) != trained.knobs.all().at(name)) {
      throw UsageError("task setting {}={} contradicts the policy, which was trained with {}={}",
                       name, value, name, trained.knobs.all().at(name));
    }
  }
  const TaskSpec spec = trained.Make()->spec();
  const int action_size = PolicyActionSize(spec);
  if (spec.observation_size != policy.observation_size || action_size != policy.action_size) {
    throw UsageError(
        "the policy takes {} observed numbers and gives {} actions, task '{}' has {} and {}",
        policy.observation_size, policy.action_size, trained.Name(), spec.observation_size,
        action_size);
  }
  return trained;
}

}  // namespace sagbench
