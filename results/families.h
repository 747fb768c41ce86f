#pragma once

#include <vector>

namespace sagbench {

// Holm's adjusted p values, in the order given, for a family of tests: rejecting those at or below
// a level keeps the probability of any false rejection at that level, whatever the dependence
// between the tests. (S. Holm, Scandinavian Journal of Statistics 6, 1979, 65-70.)
std::vector<double> HolmAdjusted(const std::vector<double>& p_values);

}  // namespace sagbench
