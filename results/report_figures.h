#pragma once

#include <string>

#include "results/report.h"

namespace sagbench {

// The pictures of the HTML report, each a part of a page with its heading and an explanation; empty
// where there is nothing to show.

// For each task, success against latency and against FLOPs.
std::string SuccessFigures(const Report& report);

// How the latency samples of each run are spread.
std::string LatencyFigure(const Report& report);

// Which cells each run computes.
std::string PlanFigures(const Report& report);

// "static-cache, ddim:steps=16": scheduler and whatever else tells the runs apart.
std::string RunName(const RunReport& run, const Report& report);

}  // namespace sagbench
