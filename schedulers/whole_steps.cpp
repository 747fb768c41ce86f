#include "schedulers/whole_steps.h"

#include <algorithm>
#include <cmath>

namespace sagbench {

Plan WholeStepsPlan(const PlanRequest& request, int order, const IdleSteps& idle,
                    const std::function<bool(int step)>& computed) {
  Plan plan(static_cast<int>(request.timesteps.size()), static_cast<int>(request.blocks.size()));
  plan.SetLayout(SlotPerBlock(plan.blocks(), order));
  plan.SetIdle(idle);
  for (int step = 0; step < plan.steps(); ++step) {
    const bool compute = computed(step);
    for (int block = 0; block < plan.blocks(); ++block) {
      plan.at(step, block) = {.compute = compute, .slot = static_cast<uint16_t>(block)};
    }
  }
  return plan;
}

std::vector<int> LateSteps(int steps, double rate, Hold hold) {
  const double power = hold == Hold::kClean ? 2.5 : 2.0;
  const int computed = std::max(1, static_cast<int>(std::lround((1.0 - rate) * steps)));
  std::vector<int> chosen;
  for (int i = 0; i < computed; ++i) {
    const double u = computed > 1 ? static_cast<double>(i) / (computed - 1) : 0.0;
    const int wanted =
        static_cast<int>(std::lround((steps - 1) * (1.0 - std::pow(1.0 - u, power))));
    const int latest = steps - (computed - i);  // leaves room for those to come
    const int earliest = chosen.empty() ? 0 : chosen.back() + 1;
    chosen.push_back(std::clamp(wanted, earliest, latest));
  }
  return chosen;
}

}  // namespace sagbench
