#pragma once

#include <cstdint>
#include <functional>
#include <optional>
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
  // Stops before `samples` once the 95 % interval of every median lies within this share of it.
  std::optional<double> within = {};
};

// How a measurement goes on from an earlier session, and who hears of what is finished.
struct LatencyLog {
  std::vector<LatencySamples> before;  // of each executor, whole rounds; empty: from the beginning
  // Called after each round with its samples of each executor; may be empty.
  std::function<void(const std::vector<LatencySamples>& round)> finished;
};

// Times chunks at batch 1, observation on the host to actions on the host. Executors take turns in
// an order drawn anew for each round, so that a drift of the machine meets all of them alike. What
// is timed is an executor that runs on and on, as on a robot: each turn among several begins with a
// pause and an untimed chunk, since the threads of the executor before still wait actively for a
// while and its weights fill the caches. With `log.before` it goes on after those rounds, in the
// order that they would have led to.
// `observations`: recorded policy inputs [To, obs], at least one. Checks for interruption.
std::vector<LatencySamples> MeasureLatency(const std::vector<Executor*>& executors,
                                           const std::vector<at::Tensor>& observations,
                                           const PolicyConfig& config,
                                           const LatencySettings& settings,
                                           const ProgressSink& progress,
                                           const LatencyLog& log = {});

// About how many seconds `samples` of an executor take, warm-up included, that takes turns with
// others and `chunk_s` seconds for a chunk.
double LatencySeconds(const LatencySettings& settings, int64_t samples, double chunk_s);

}  // namespace sagbench
