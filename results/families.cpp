#include "results/families.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace sagbench {

std::vector<double> HolmAdjusted(const std::vector<double>& p_values) {
  std::vector<size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(),
            [&p_values](size_t a, size_t b) { return p_values[a] < p_values[b]; });
  std::vector<double> adjusted(p_values.size());
  double floor = 0.0;
  for (size_t rank = 0; rank < order.size(); ++rank) {
    const auto left = static_cast<double>(order.size() - rank);
    floor = std::max(floor, std::min(1.0, left * p_values[order[rank]]));
    adjusted[order[rank]] = floor;
  }
  return adjusted;
}

}  // namespace sagbench
