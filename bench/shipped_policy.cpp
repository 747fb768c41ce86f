#include "bench/shipped_policy.h"

#include "core/error.h"
#include "core/shipped.h"

namespace sagbench {

std::filesystem::path ShippedPolicy(const std::string& task) {
  const std::filesystem::path below = std::filesystem::path("policies") / "weights" / task;
  if (!FindShipped(below / "policy.json").empty()) {
    return FindShipped(below / "policy.json").parent_path();
  }
  throw FileError(
      "no policy for task '{}': looked for {} under {}; train one with 'sagbench train "
      "policy' and name it with --policy, or set SAGBENCH_HOME",
      task, below.string(), ShippedHome().string());
}

Policy LoadPolicyFor(const std::string& task, const std::string& folder) {
  Policy policy = LoadPolicy(folder.empty() ? ShippedPolicy(task).string() : folder);
  policy.named = folder;
  return policy;
}

}  // namespace sagbench
