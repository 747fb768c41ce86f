#include "bench/plan_map.h"

#include <algorithm>

namespace sagbench {
namespace {

std::vector<double> MeanComputedCells(const std::vector<Plan>& plans) {
  std::vector<double> computed;
  for (int step = 0; step < plans.front().steps(); ++step) {
    for (int block = 0; block < plans.front().blocks(); ++block) {
      const auto count = std::count_if(plans.begin(), plans.end(), [&](const Plan& plan) {
        return plan.at(step, block).compute;
      });
      computed.push_back(static_cast<double>(count) / static_cast<double>(plans.size()));
    }
  }
  return computed;
}

}  // namespace

PlanMap MapPlans(const std::vector<Plan>& over, int64_t observations,
                 const std::vector<Plan>& replans, std::span<const BlockInfo> blocks) {
  PlanMap map;
  map.steps = over.front().steps();
  map.blocks = over.front().blocks();
  for (const BlockInfo& block : blocks) map.block_names.push_back(block.name);
  map.observations = observations;
  map.computed = MeanComputedCells(over);
  for (const Plan& plan : replans) map.replans.push_back(plan.Text());
  map.replans_seen = static_cast<int64_t>(replans.size());
  const auto differs = [&map](const std::string& text) { return text != map.replans.front(); };
  if (std::none_of(map.replans.begin(), map.replans.end(), differs) && !map.replans.empty()) {
    map.replans.resize(1);
  }
  return map;
}

}  // namespace sagbench
