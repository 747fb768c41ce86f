#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "core/registry.h"
#include "policies/denoiser.h"
#include "schedulers/plan.h"

namespace sagbench {

// What a scheduler may look at when it plans a replan.
struct PlanRequest {
  std::span<const int> timesteps;     // of the sampler, high to low; one plan row each
  std::span<const BlockInfo> blocks;  // one plan column each
  at::Tensor observations;            // normalised, [B, To, obs]
};

// Decides which cells are computed; touches neither cache nor network.
class Scheduler {
 public:
  virtual ~Scheduler() = default;
  // One plan for each of the B rows, or a single one that holds for all of them.
  virtual std::vector<Plan> MakePlan(const PlanRequest& request) = 0;
  // Forgets what it knows of earlier replans.
  virtual void Reset() {}
};

using SchedulerRegistry = Registry<Scheduler>;
SchedulerRegistry& Schedulers();

}  // namespace sagbench
