#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

#include "core/progress.h"
#include "policies/policy_config.h"
#include "results/summary.h"
#include "schedulers/executor.h"

namespace sagbench {

struct LatencySettings {
  int64_t samples = 200;   // chunks timed of each executor
  int64_t warmup = 20;     // chunks run before, of each
  int64_t block_size = 5;  // samples in a row before the next executor's turn
  uint64_t seed = 0;       // of the order of turns and of the noise
};

// Times chunks at batch 1, observation on the host to actions on the host. Executors take turns in
// an order drawn anew for each round, so that a drift of the machine meets all of them alike.
// `observations`: recorded policy inputs [To, obs], at least one. Checks for interruption.
std::vector<LatencySamples> MeasureLatency(const std::vector<Executor*>& executors,
                                           const std::vector<at::Tensor>& observations,
                                           const PolicyConfig& config,
                                           const LatencySettings& settings,
                                           const ProgressSink& progress);

}  // namespace sagbench
