#pragma once

#include <functional>
#include <vector>

#include "schedulers/scheduler.h"

namespace sagbench {

// The plan that computes all blocks of the steps for which `computed` holds and none of the others,
// where each block reuses its own slot, of the order given (see SlotLayout).
Plan WholeStepsPlan(const PlanRequest& request, int order,
                    const std::function<bool(int step)>& computed);

// The steps that a mask computes which reuses `rate` of them, at least one, denser towards the end:
// 0 and, with u going from 0 to 1, (steps - 1) (1 - (1 - u)^2); each at least one later. Ascending.
std::vector<int> LateSteps(int steps, double rate);

}  // namespace sagbench
