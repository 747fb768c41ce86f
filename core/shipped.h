#pragma once

#include <filesystem>

namespace sagbench {

// Where files that come with sagbench may lie: $SAGBENCH_HOME, this build's source tree, the
// working folder. The first of them under which `relative` exists, with it, or an empty path.
std::filesystem::path FindShipped(const std::filesystem::path& relative);

// The first of these places, for a sentence and for writing.
std::filesystem::path ShippedHome();

}  // namespace sagbench
