#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

#include <ATen/core/Tensor.h>

#include "core/demonstrations.h"
#include "results/record.h"
#include "schedulers/executor.h"
#include "schedulers/plan.h"
#include "tasks/task.h"

namespace sagbench {

struct RolloutRequest {
  TaskRegistry::Choice task;
  const PolicyConfig* policy = nullptr;
  uint64_t run_seed = 0;
  int threads = 1;            // for the simulators
  bool record = false;        // keep each episode as a demonstration
  bool record_plans = false;  // keep each replan's plan as it ran
  double thinking_ms = 0.0;   // the environment goes on for so long while a chunk is computed
  int max_replans = 0;        // stop after so many (0: when the episodes end)
  int record_chunks = 0;      // observations kept, of the group's first replans,
  int record_every = 4;       // one in so many of them
  std::mutex* network_turn = nullptr;  // held while a chunk is computed: groups at once take turns
};

// One finished episode with what later stages may want of it.
struct Episode {
  EpisodeRecord record;
  Demonstration demonstration;  // if recorded
  std::vector<Plan> plans;      // of each replan, if recorded
  std::vector<size_t> replans;  // which was the last at each control step, if recorded
};

struct GroupResult {
  std::vector<Episode> episodes;         // in the order of the seeds
  std::vector<at::Tensor> observations;  // recorded policy inputs [To, obs], task units
  double network_s = 0.0;                // wall-clock of the executor
  double simulation_s = 0.0;             // and of the environments
};

// Runs the episodes of `seeds` in lock-step: one batched network call a replan, simulators on all
// threads. The group is the unit of work: who shares a batch is fixed, so its rounding is, too.
// Identity fields of the records other than seed are left for the caller. Checks for interruption
// at each replan (throws Error, interrupted).
GroupResult RunGroup(const RolloutRequest& request, Executor& executor,
                     const std::vector<uint64_t>& seeds);

}  // namespace sagbench
