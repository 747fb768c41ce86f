#include "results/pareto.h"

#include <algorithm>

namespace sagbench {
namespace {

bool Dominates(const CostAndGain& a, const CostAndGain& b) {
  return a.cost <= b.cost && a.gain >= b.gain && (a.cost < b.cost || a.gain > b.gain);
}

}  // namespace

std::vector<size_t> ParetoFrontier(const std::vector<CostAndGain>& points) {
  std::vector<size_t> frontier;
  for (size_t i = 0; i < points.size(); ++i) {
    const bool dominated = std::any_of(points.begin(), points.end(), [&](const CostAndGain& other) {
      return Dominates(other, points[i]);
    });
    if (!dominated) frontier.push_back(i);
  }
  std::stable_sort(frontier.begin(), frontier.end(),
                   [&](size_t a, size_t b) { return points[a].cost < points[b].cost; });
  return frontier;
}

}  // namespace sagbench
