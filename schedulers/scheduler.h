#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "core/registry.h"
#include "policies/checkpoint.h"
#include "policies/denoiser.h"
#include "policies/sampler.h"
#include "schedulers/plan.h"

namespace sagbench {

class SpinTeam;

// What a scheduler may look at when it plans a replan.
struct PlanRequest {
  std::span<const int> timesteps;     // of the sampler, high to low; one plan row each
  std::span<const BlockInfo> blocks;  // one plan column each
  at::Tensor observations;            // normalised, [B, To, obs]
  // Threads to share the work with, of an executor that has some: idle while MakePlan runs, not to
  // be kept.
  SpinTeam* team = nullptr;
};

// What an online method sees within a step: the residuals [1, T, d] of the plan's probe blocks.
struct ProbeReadings {
  int step = 0;
  int64_t row = 0;  // of the batch
  std::span<const at::Tensor> residuals;
};

// Decides which cells are computed; touches neither cache nor network.
class Scheduler {
 public:
  virtual ~Scheduler() = default;
  // One plan for each of the B rows, or a single one that holds for all of them. Begins a replan.
  virtual std::vector<Plan> MakePlan(const PlanRequest& request) = 0;
  // Called after the probes of a step ran, for plans that have some: may change the step's later
  // cells.
  virtual void Refine(const ProbeReadings& readings, Plan& plan) {}
  // Matrix products of one row's MakePlan.
  virtual double flops_per_plan() const { return 0.0; }
};

// What a scheduler is made for.
struct SchedulerParts {
  const Policy* policy;             // outlives the scheduler
  SamplerRegistry::Choice sampler;  // trained and calibrated methods belong to both
  std::string device = "cpu";
  // Where the scheduler leaves the SHA-256 of the trained, calibrated or plan file that it read;
  // may be null.
  std::string* weights_sha256 = nullptr;
};

// "hold" and "noise": what steps do that compute nothing (see IdleSteps), and what both say.
Knob HoldKnob(Hold by_default);
Knob IdleNoiseKnob(double by_default = 1.0);
IdleSteps IdleFrom(const KnobValues& knobs);

using SchedulerRegistry = Registry<Scheduler, const SchedulerParts&>;
SchedulerRegistry& Schedulers();

}  // namespace sagbench
