#pragma once

#include <vector>

#include "results/manifest.h"
#include "results/summary.h"

namespace sagbench {

// Which rows of a sequential run need no more episodes: those whose verdict against their baseline
// has been reached (sequential.h), and a baseline all of whose rows have theirs. A group of which
// some episodes are missing does not count yet, so that a run that was interrupted decides as one
// that was not. `runs`: of each row of the manifest.
std::vector<bool> Decided(const Manifest& manifest, const std::vector<const RunData*>& runs);

// True if the plan asks for no more samples of a run: it has all, or the plan's precision.
bool IsEnough(const LatencyPlan& plan, const LatencySamples& samples);

}  // namespace sagbench
