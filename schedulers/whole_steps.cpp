#include "schedulers/whole_steps.h"

namespace sagbench {

Plan WholeStepsPlan(const PlanRequest& request, int order,
                    const std::function<bool(int step)>& computed) {
  Plan plan(static_cast<int>(request.timesteps.size()), static_cast<int>(request.blocks.size()));
  plan.SetLayout(SlotPerBlock(plan.blocks(), order));
  for (int step = 0; step < plan.steps(); ++step) {
    const bool compute = computed(step);
    for (int block = 0; block < plan.blocks(); ++block) {
      plan.at(step, block) = {.compute = compute, .slot = static_cast<uint16_t>(block)};
    }
  }
  return plan;
}

}  // namespace sagbench
