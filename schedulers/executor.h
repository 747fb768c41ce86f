#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "core/noise.h"
#include "core/phase_times.h"
#include "core/registry.h"
#include "policies/checkpoint.h"
#include "policies/sampler.h"
#include "schedulers/scheduler.h"

namespace sagbench {

// What ran for one batch row.
struct RowTrace {
  int64_t computed_cells = 0;
  int64_t total_cells = 0;
  double flops = 0.0;          // all matrix products that ran, the scheduler's included
  double pruner_flops = 0.0;   // the scheduler's
  double skipped_flops = 0.0;  // of the cells that did not run
  std::string plan_digest;     // SHA-256 of the row's plan
};

struct Chunk {
  at::Tensor actions;     // [B, Ta, act] in the task's units, float32 on the CPU
  at::Tensor trajectory;  // [B, n, act] normalised, on the device: the n <= T tokens computed
  std::vector<RowTrace> rows;
  std::vector<Plan> plans;  // as they ran: one for all rows, or one each
  PhaseTimes times;
};

// Standard normals [B, T, act] float32 on the CPU for a denoising timestep, or for
// NoiseKey::kInitialSample.
using NoiseSource = std::function<at::Tensor(uint32_t step)>;

// Runs plans: computes what they say, keeps the residuals they name, decides nothing.
class Executor {
 public:
  virtual ~Executor() = default;
  // observations [B, To, obs] in the task's units, float32 on the CPU.
  virtual Chunk Act(const at::Tensor& observations, const NoiseSource& noise) = 0;
};

// What an executor is made of.
struct ExecutorParts {
  const Policy* policy;  // outlives the executor
  SamplerRegistry::Choice sampler;
  SchedulerRegistry::Choice scheduler;
  std::string device = "cpu";               // "cpu" or "cuda"
  std::string* scheduler_sha256 = nullptr;  // see SchedulerParts

  std::unique_ptr<Sampler> MakeSampler() const;
  std::unique_ptr<Scheduler> MakeScheduler() const;
};

using ExecutorRegistry = Registry<Executor, const ExecutorParts&>;
ExecutorRegistry& Executors();

// Noise of a group of episodes at one replan: row i belongs to episodes[i] at replans[i].
NoiseSource EpisodeNoise(const PolicyConfig& config, uint64_t run_seed,
                         std::vector<uint64_t> episodes, std::vector<uint32_t> replans,
                         NoisePurpose purpose = NoisePurpose::kSampling);

}  // namespace sagbench
