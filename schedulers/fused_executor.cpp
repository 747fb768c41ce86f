// Runs plans on packed weights with kernels of its own, on the CPU: "eager" without LibTorch
// between the matrix products. A chunk is one list of operations that a small team of threads walks
// along together; rows are shared where each row is by itself, heads or columns within blocks.
#include <c10/core/InferenceMode.h>

#include "core/error.h"
#include "policies/aten.h"
#include "schedulers/executor.h"
#include "schedulers/fused_chunk.h"
#include "schedulers/phase_clock.h"

namespace sagbench {
namespace {

class FusedExecutor : public Executor {
 public:
  FusedExecutor(const ExecutorParts& parts, Factors factors)
      : full_config_(parts.policy->config),
        observation_normalizer_(parts.policy->observation_normalizer),
        action_normalizer_(parts.policy->action_normalizer),
        sampler_(parts.MakeSampler()),
        scheduler_(parts.MakeScheduler()),
        network_(DpTransformer(full_config_, parts.policy->weights)
                     .Prefix(full_config_.executed_tokens()),
                 factors, BestKernels()),
        team_(at::get_num_threads()),
        clock_(MakePhaseClock("cpu")) {}

  Chunk Act(const at::Tensor& observations, const NoiseSource& noise) override {
    const c10::InferenceMode inference;
    clock_->Start();
    Chunk chunk;
    const at::Tensor seen = observation_normalizer_.Normalize(observations).contiguous();
    const auto batch = static_cast<int>(seen.size(0));
    if (!chunk_ || chunk_->batch() != batch) {
      chunk_ = std::make_unique<FusedChunk>(network_, *sampler_, team_, batch);
    }
    clock_->Lap(chunk.times.encode);
    DrawNoise(noise);  // one thread's work: before the others are woken
    clock_->Lap(chunk.times.sampler);
    chunk_->Encode(seen.data_ptr<float>());
    clock_->Lap(chunk.times.encode);
    std::vector<PlannedRows> rows = MakePlans(seen);
    clock_->Lap(chunk.times.plan);
    chunk_->Denoise(rows, *scheduler_);
    clock_->Lap(chunk.times.denoise);
    chunk.trajectory = chunk_->Trajectory();
    const at::Tensor part =
        chunk.trajectory.narrow(1, full_config_.observation_steps - 1, full_config_.action_steps);
    chunk.actions = action_normalizer_.Unnormalize(part);
    clock_->Lap(chunk.times.sampler);
    for (size_t i = 0; i < rows.size(); ++i) {
      chunk.rows.insert(chunk.rows.end(), static_cast<size_t>(rows[i].rows),
                        TraceOf(rows[i].plan, chunk_->count(i), network_.fixed_flops(),
                                scheduler_->flops_per_plan()));
      chunk.plans.push_back(std::move(rows[i].plan));
    }
    return chunk;
  }

 private:
  std::vector<PlannedRows> MakePlans(const at::Tensor& seen) {
    return AssignPlans(scheduler_->MakePlan({.timesteps = sampler_->timesteps(),
                                             .blocks = network_.blocks(),
                                             .observations = seen,
                                             .team = &team_}),
                       seen.size(0), static_cast<int>(sampler_->timesteps().size()),
                       static_cast<int>(network_.blocks().size()));
  }

  // All of a chunk's noise before the loop, since the source allocates.
  void DrawNoise(const NoiseSource& noise) {
    chunk_->SetStart(sampler_->Start(noise(NoiseKey::kInitialSample)));
    for (int step = 0; step < static_cast<int>(sampler_->timesteps().size()); ++step) {
      if (!sampler_->NeedsNoise(step)) continue;
      chunk_->SetNoise(step, noise(static_cast<uint32_t>(sampler_->timesteps()[step])));
    }
  }

  PolicyConfig full_config_;
  LinearNormalizer observation_normalizer_, action_normalizer_;
  std::unique_ptr<Sampler> sampler_;
  std::unique_ptr<Scheduler> scheduler_;
  FusedNetwork network_;
  SpinTeam team_;
  std::unique_ptr<PhaseClock> clock_;
  std::unique_ptr<FusedChunk> chunk_;  // of the last batch size
};

std::unique_ptr<Executor> Make(const KnobValues& knobs, const ExecutorParts& parts) {
  if (parts.device != "cpu") {
    throw UsageError(
        "executor fused runs on the CPU, not on {}: give --device cpu, or --executor "
        "eager",
        parts.device);
  }
  const at::NoGradGuard no_grad;
  return std::make_unique<FusedExecutor>(
      parts, knobs.Choice("precision") == "bf16" ? Factors::kBfloat16 : Factors::kFloat32);
}

const bool kRegistered = Executors().Add(
    {.name = "fused",
     .summary = "packed weights and fused kernels on the CPU; the same actions to rounding",
     .knobs = {ChoiceKnob("precision", "float32", {"float32", "bf16"},
                          "bf16: both factors of the blocks' linear maps; sums are float32")},
     .make = Make});

}  // namespace
}  // namespace sagbench
