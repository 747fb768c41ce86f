#include "core/shipped.h"

#include <cstdlib>
#include <vector>

#include "core/build_info.h"

namespace sagbench {
namespace {

std::vector<std::filesystem::path> Roots() {
  std::vector<std::filesystem::path> roots;
  if (const char* home = std::getenv("SAGBENCH_HOME")) roots.emplace_back(home);
  roots.emplace_back(GetBuildInfo().source_folder);
  roots.emplace_back(".");
  return roots;
}

}  // namespace

std::filesystem::path FindShipped(const std::filesystem::path& relative) {
  for (const std::filesystem::path& root : Roots()) {
    if (std::filesystem::exists(root / relative)) return root / relative;
  }
  return {};
}

std::filesystem::path ShippedHome() {
  return Roots().front();
}

}  // namespace sagbench
