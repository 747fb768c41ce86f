// Runs plans as recorded work: CUDA graphs on a GPU, where launching kernels one by one takes the
// host longer than the device needs for them at batch 1. A plan that stays the same is one graph;
// plans that vary are made of pieces (see GraphChunk). On the CPU, which has no graphs, the same
// work is called piece by piece: as slow as "eager", but it lets the logic be tested everywhere.
//
// The host waits for the device where a scheduler's plan is read and where actions are, and where
// an online scheduler looks at its probes; nowhere else.
#include <algorithm>

#include <ATen/Context.h>
#include <c10/core/InferenceMode.h>

#include "core/error.h"
#include "policies/aten.h"
#include "schedulers/device_policy.h"
#include "schedulers/executor.h"
#include "schedulers/graph_chunk.h"
#include "schedulers/phase_clock.h"
#include "schedulers/plan_rows.h"

namespace sagbench {
namespace {

constexpr size_t kMostBatchSizes = 8;

enum class Precision { kFloat32, kTf32, kBfloat16 };

// Lets float32 matrix products on a GPU round their factors to TF32 while in scope, or not.
class Tf32Scope {
 public:
  explicit Tf32Scope(bool allowed) : before_(at::globalContext().allowTF32CuBLAS()) {
    at::globalContext().setAllowTF32CuBLAS(allowed);
  }
  ~Tf32Scope() { at::globalContext().setAllowTF32CuBLAS(before_); }
  Tf32Scope(const Tf32Scope&) = delete;
  Tf32Scope& operator=(const Tf32Scope&) = delete;

 private:
  bool before_;
};

class GraphExecutor : public Executor {
 public:
  GraphExecutor(const ExecutorParts& parts, Precision precision)
      : config_(parts.policy->config),
        device_(parts.device),
        precision_(precision),
        policy_(PolicyOn(*parts.policy, device_)),
        sampler_(parts.MakeSampler()),
        scheduler_(parts.MakeScheduler()),
        clock_(MakePhaseClock(parts.device)),
        recorder_(MakeWorkRecorder(parts.device)),
        denoiser_(
            MakeCachedDenoiser(policy_.network.Prefix(config_.executed_tokens()),
                               precision == Precision::kBfloat16 ? at::kBFloat16 : at::kFloat)) {}

  Chunk Act(const at::Tensor& observations, const NoiseSource& noise) override {
    const c10::InferenceMode inference;
    clock_->Start();
    Chunk chunk;
    const int64_t batch = observations.size(0);
    GraphChunk& work = ChunkOf(batch);
    work.Encode(policy_.observation_normalizer.Normalize(observations.to(device_)));
    clock_->Lap(chunk.times.encode);
    std::vector<PlannedRows> rows = MakePlans(work);
    clock_->Lap(chunk.times.plan);
    DrawNoise(noise, work);
    clock_->Lap(chunk.times.sampler);
    {
      const Tf32Scope tf32(precision_ == Precision::kTf32);
      work.Denoise(rows, *scheduler_);
    }
    clock_->Lap(chunk.times.denoise);
    chunk.trajectory = work.sample().clone();
    const at::Tensor part =
        chunk.trajectory.narrow(1, config_.observation_steps - 1, config_.action_steps);
    chunk.actions = policy_.action_normalizer.Unnormalize(part).to(at::kCPU);
    clock_->Lap(chunk.times.sampler);
    clock_->Finish();
    for (size_t i = 0; i < rows.size(); ++i) {
      chunk.rows.insert(chunk.rows.end(), static_cast<size_t>(rows[i].rows),
                        TraceOf(rows[i].plan, work.count(i), denoiser_->fixed_flops(),
                                scheduler_->flops_per_plan()));
      chunk.plans.push_back(std::move(rows[i].plan));
    }
    return chunk;
  }

 private:
  // The tensors and recordings of a batch size. As episodes of a group end, sizes go down, and come
  // again in the next group.
  GraphChunk& ChunkOf(int64_t batch) {
    const auto known = std::find_if(chunks_.begin(), chunks_.end(),
                                    [&](const auto& chunk) { return chunk->batch() == batch; });
    if (known != chunks_.end()) {
      std::rotate(known, known + 1, chunks_.end());  // the latest used is last
    } else {
      if (chunks_.size() == kMostBatchSizes) chunks_.erase(chunks_.begin());
      chunks_.push_back(std::make_unique<GraphChunk>(*denoiser_, *sampler_, *recorder_, config_,
                                                     config_.executed_tokens(), batch, device_));
    }
    return *chunks_.back();
  }

  std::vector<PlannedRows> MakePlans(const GraphChunk& work) {
    return AssignPlans(scheduler_->MakePlan({.timesteps = sampler_->timesteps(),
                                             .blocks = denoiser_->blocks(),
                                             .observations = work.observations()}),
                       work.batch(), static_cast<int>(sampler_->timesteps().size()),
                       static_cast<int>(denoiser_->blocks().size()));
  }

  // All of a chunk's noise at once: one copy to the device.
  void DrawNoise(const NoiseSource& noise, GraphChunk& work) const {
    const int64_t tokens = config_.executed_tokens();
    const auto steps = static_cast<int64_t>(sampler_->timesteps().size());
    at::Tensor all = at::zeros({steps, work.batch(), tokens, config_.action_size}, at::kFloat);
    for (int step = 0; step < static_cast<int>(steps); ++step) {
      if (!sampler_->NeedsNoise(step)) continue;
      const auto timestep = static_cast<uint32_t>(sampler_->timesteps()[step]);
      all.select(0, step).copy_(noise(timestep).narrow(1, 0, tokens));
    }
    const at::Tensor start = noise(NoiseKey::kInitialSample).narrow(1, 0, tokens);
    work.SetNoise(sampler_->Start(start), all);
  }

  PolicyConfig config_;
  at::Device device_;
  Precision precision_;
  DevicePolicy policy_;
  std::unique_ptr<Sampler> sampler_;
  std::unique_ptr<Scheduler> scheduler_;
  std::unique_ptr<PhaseClock> clock_;
  std::unique_ptr<WorkRecorder> recorder_;
  std::unique_ptr<Denoiser> denoiser_;
  std::vector<std::unique_ptr<GraphChunk>> chunks_;  // one a batch size
};

Precision PrecisionOf(const std::string& name) {
  if (name == "bf16") return Precision::kBfloat16;
  return name == "tf32" ? Precision::kTf32 : Precision::kFloat32;
}

std::unique_ptr<Executor> Make(const KnobValues& knobs, const ExecutorParts& parts) {
  const Precision precision = PrecisionOf(knobs.Choice("precision"));
  if (precision == Precision::kTf32 && parts.device == "cpu") {
    throw UsageError(
        "executor graph: 'tf32' is a precision of GPUs, not of device cpu: valid there are "
        "float32, "
        "bf16");
  }
  const at::NoGradGuard no_grad;
  return std::make_unique<GraphExecutor>(parts, precision);
}

const bool kRegistered = Executors().Add(
    {.name = "graph",
     .summary = "CUDA graphs on a GPU; on the CPU the same pieces, called one by one",
     .knobs = {ChoiceKnob("precision", "float32", {"float32", "tf32", "bf16"},
                          "of the factors of matrix products; tf32 on a GPU alone")},
     .make = Make});

}  // namespace
}  // namespace sagbench
