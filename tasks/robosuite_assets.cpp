#include "tasks/robosuite_assets.h"

#include "core/error.h"
#include "core/shipped.h"

namespace sagbench::robosuite {

std::filesystem::path AssetPath(std::string_view name) {
  const std::filesystem::path folder = "build/deps/robosuite";
  std::filesystem::path found = FindShipped(folder / name);
  if (found.empty()) {
    throw EnvironmentError(
        "robosuite's file '{}' is not in {}: fetch the files of the arm with tools/bootstrap deps, "
        "or set SAGBENCH_HOME to the checkout where that was done",
        name, (ShippedHome() / folder).string());
  }
  return found;
}

}  // namespace sagbench::robosuite
