#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "results/report.h"

namespace sagbench {

// report.json as results/README.md describes it: keys in that order, what is absent left out.
nlohmann::ordered_json ToJson(const Report& report);

// The text of report.json, two spaces of indent, latency samples on one line, newline at the end.
// Equal reports give equal bytes.
std::string ReportJsonText(const Report& report);

}  // namespace sagbench
