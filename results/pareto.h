#pragma once

#include <cstddef>
#include <vector>

namespace sagbench {

// What a run costs and what it gets for that.
struct CostAndGain {
  double cost = 0.0;
  double gain = 0.0;
};

// Those that no other one dominates (at most the same cost, at least the same gain, and one of both
// strictly better), by ascending cost. Equal points dominate each other neither way: both are in.
std::vector<size_t> ParetoFrontier(const std::vector<CostAndGain>& points);

}  // namespace sagbench
