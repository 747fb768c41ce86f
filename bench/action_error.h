#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

#include "policies/policy_config.h"
#include "results/report.h"
#include "schedulers/executor.h"

namespace sagbench {

// Difference of the executed actions (task units) of two executors that share observations [To,
// obs] and noise: mean and maximum over at most 16 chunks. Throws Error (usage) without
// observations.
ActionError CompareActions(Executor& reference, Executor& other,
                           const std::vector<at::Tensor>& observations, const PolicyConfig& config,
                           uint64_t seed);

}  // namespace sagbench
