#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

#include "policies/policy_config.h"
#include "results/report.h"
#include "schedulers/executor.h"

namespace sagbench {

// Of a task's rollouts, for errors, plan maps, latency and spread.
inline constexpr int kRecordedObservations = 64;

// What an executor makes of the first kRecordedObservations observations [To, obs], in one batch;
// equal seeds give equal noise. Throws Error (usage) without observations.
Chunk ActOnRecorded(Executor& executor, const std::vector<at::Tensor>& observations,
                    const PolicyConfig& config, uint64_t seed);

// Difference of the executed actions (task units): mean and maximum.
ActionError CompareActions(const Chunk& reference, const Chunk& other);

}  // namespace sagbench
