#pragma once

#include <string>
#include <vector>

#include "results/report.h"

namespace sagbench {

// What a reader of these numbers should doubt, one sentence each: a debug or sanitizer build, a
// scheduler that never skipped anything, few episodes or latency samples, a busy or throttled
// machine where known. Pure; the caller puts them into Report::warnings.
std::vector<std::string> FindWarnings(const Report& report);

}  // namespace sagbench
