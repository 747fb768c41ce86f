#pragma once

#include <functional>

#include "schedulers/scheduler.h"

namespace sagbench {

// The plan that computes all blocks of the steps for which `computed` holds and none of the others,
// where each block reuses its own slot, of the order given (see SlotLayout).
Plan WholeStepsPlan(const PlanRequest& request, int order,
                    const std::function<bool(int step)>& computed);

}  // namespace sagbench
