#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace sagbench {

// The value at or nearest to `share` (0..1) of the sorted `values`, at least one.
inline double Quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[static_cast<size_t>(share * static_cast<double>(values.size() - 1) + 0.5)];
}

}  // namespace sagbench
