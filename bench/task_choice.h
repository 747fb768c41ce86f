#pragma once

#include <string>

#include "policies/policy_config.h"
#include "tasks/task.h"

namespace sagbench {

// The task `text` with the settings that the policy was trained with. Throws Error (usage) if the
// policy is of another task, if a setting in `text` contradicts it, or if the sizes do not fit.
TaskRegistry::Choice ChooseTaskFor(const PolicyConfig& policy, const std::string& text);

}  // namespace sagbench
