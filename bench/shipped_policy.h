#pragma once

#include <filesystem>
#include <string>

namespace sagbench {

// The folder of a task's shipped policy: policies/weights/TASK under $SAGBENCH_HOME, else under the
// source tree of this build, else under the working folder. Throws Error (bad file) if none is
// there.
std::filesystem::path ShippedPolicy(const std::string& task);

}  // namespace sagbench
