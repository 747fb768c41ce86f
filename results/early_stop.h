#pragma once

#include <vector>

#include "results/manifest.h"
#include "results/summary.h"

namespace sagbench {

// Which runs need no more episodes in a sequential run: those whose verdict against their baseline
// has been reached (sequential.h), and a baseline all of whose runs have theirs. In the order
// given; `margin` as in SequentialVerdict.
std::vector<bool> Decided(const std::vector<const RunData*>& runs, double margin);

// True if the plan asks for no more samples of a run: it has all, or the plan's precision.
bool IsEnough(const LatencyPlan& plan, const LatencySamples& samples);

}  // namespace sagbench
