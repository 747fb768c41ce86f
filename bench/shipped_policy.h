#pragma once

#include <filesystem>
#include <string>

#include "policies/checkpoint.h"

namespace sagbench {

// The folder of a task's shipped policy: policies/weights/TASK under $SAGBENCH_HOME, else under the
// source tree of this build, else under the working folder. Throws Error (bad file) if none is
// there.
std::filesystem::path ShippedPolicy(const std::string& task);

// The policy in `folder`, or, if that is empty, the task's shipped one. Throws as LoadPolicy.
Policy LoadPolicyFor(const std::string& task, const std::string& folder);

}  // namespace sagbench
