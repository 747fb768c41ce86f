#pragma once

#include <functional>
#include <vector>

#include "schedulers/scheduler.h"

namespace sagbench {

// The plan that computes all blocks of the steps for which `computed` holds and none of the others,
// where each block reuses its own slot, of the order given (see SlotLayout), unless the steps
// between hold.
Plan WholeStepsPlan(const PlanRequest& request, int order, const IdleSteps& idle,
                    const std::function<bool(int step)>& computed);

// The steps that a mask computes which reuses `rate` of them, at least one, denser towards the end:
// 0 and, with u going from 0 to 1, (steps - 1) (1 - (1 - u)^power); each at least one later.
// Ascending. The power is 2 where residuals are reused and 2.5 where the clean sample is held: of
// 1.5 to 4 the nearest to dense on push-T.
std::vector<int> LateSteps(int steps, double rate, Hold hold);

}  // namespace sagbench
