#pragma once

#include <string>

#include "policies/policy_config.h"
#include "tasks/task.h"

namespace sagbench {

// The policy's task with the settings that it was trained with. Throws Error (usage) if there is no
// such task or setting.
TaskRegistry::Choice TrainedTask(const PolicyConfig& policy);

// The task `text` with the settings that the policy was trained with. Throws Error (usage) if the
// policy is of another task, if a setting in `text` contradicts it, or if the sizes do not fit.
TaskRegistry::Choice ChooseTaskFor(const PolicyConfig& policy, const std::string& text);

}  // namespace sagbench
