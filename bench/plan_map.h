#pragma once

#include <span>
#include <vector>

#include "policies/denoiser.h"
#include "results/report.h"
#include "schedulers/plan.h"

namespace sagbench {

// What of plans a report shows. `over`: plans as they ran on `observations` recorded observations,
// one for each or one for all; `replans`: those of an episode, in their order, all of one grid.
PlanMap MapPlans(const std::vector<Plan>& over, int64_t observations,
                 const std::vector<Plan>& replans, std::span<const BlockInfo> blocks);

}  // namespace sagbench
