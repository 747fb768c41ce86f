// Runs plans block by block with LibTorch's operators. "reference" recomputes everything at every
// step, as the original Python does. "eager" leaves out what cannot change the actions: it computes
// keys and values of the memory once, and only the tokens up to the last executed action (attention
// is causal, so later ones influence none of them).
#include <algorithm>
#include <chrono>
#include <stdexcept>

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>
#include <c10/core/InferenceMode.h>

#include "core/error.h"
#include "schedulers/executor.h"
#include "schedulers/lane.h"

namespace sagbench {
namespace {

// Which of the original's exact repetitions are kept.
enum class Repetition { kNone, kAll };

// Adds the time since the last lap to one phase after the other.
class Stopwatch {
 public:
  void Lap(double& milliseconds) {
    const auto now = std::chrono::steady_clock::now();
    milliseconds += std::chrono::duration<double, std::milli>(now - last_).count();
    last_ = now;
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

// The policy's own tensors where they are on the device already.
TransformerWeights WeightsOn(const Policy& policy, const at::Device& device) {
  TransformerWeights moved = policy.weights;
  for (NamedParameter& parameter : NamedParameters(policy.config, moved)) {
    *parameter.tensor = parameter.tensor->to(device);
  }
  return moved;
}

LinearNormalizer NormalizerOn(const LinearNormalizer& normalizer, const at::Device& device) {
  return {normalizer.scale.to(device), normalizer.offset.to(device)};
}

class BlockExecutor : public Executor {
 public:
  BlockExecutor(const ExecutorParts& parts, Repetition repetition)
      : config_(parts.policy->config),
        device_(parts.device),
        observation_normalizer_(NormalizerOn(parts.policy->observation_normalizer, device_)),
        action_normalizer_(NormalizerOn(parts.policy->action_normalizer, device_)),
        sampler_(parts.sampler.Make(NoiseSchedule(config_.train_steps))),
        scheduler_(parts.scheduler.Make(
            {.policy = parts.policy, .sampler = parts.sampler, .device = parts.device})) {
    const at::NoGradGuard no_grad;
    const DpTransformer network(config_, WeightsOn(*parts.policy, device_));
    if (repetition == Repetition::kAll) {
      denoiser_ = MakeReferenceDenoiser(network);
    } else {
      config_.horizon = config_.executed_tokens();
      denoiser_ = MakeCachedDenoiser(network.Prefix(config_.horizon));
    }
  }

  Chunk Act(const at::Tensor& observations, const NoiseSource& noise) override {
    const c10::InferenceMode inference;
    Stopwatch watch;
    Chunk chunk;
    const at::Tensor seen = observation_normalizer_.Normalize(observations.to(device_));
    const Encoded encoded = denoiser_->Encode(seen);
    watch.Lap(chunk.times.encode);
    std::vector<Lane> lanes = MakeLanes(seen);
    watch.Lap(chunk.times.plan);
    at::Tensor sample = sampler_->Start(Noise(NoiseKey::kInitialSample, noise));
    for (int step = 0; step < static_cast<int>(sampler_->timesteps().size()); ++step) {
      watch.Lap(chunk.times.sampler);
      const at::Tensor predicted = Denoise(step, sample, encoded, lanes);
      watch.Lap(chunk.times.denoise);
      sample = sampler_->Step(step, sample, predicted, StepNoise(step, noise));
    }
    chunk.actions = Actions(sample);
    chunk.trajectory = sample;
    watch.Lap(chunk.times.sampler);
    for (Lane& lane : lanes) {
      chunk.rows.insert(chunk.rows.end(), static_cast<size_t>(lane.rows()), Trace(lane));
      chunk.plans.push_back(std::move(lane.plan()));
    }
    return chunk;
  }

 private:
  // Validated plans: one lane, if all rows share it, else one a row.
  std::vector<Lane> MakeLanes(const at::Tensor& seen) {
    const int64_t batch = seen.size(0);
    std::vector<Plan> plans = scheduler_->MakePlan(
        {.timesteps = sampler_->timesteps(), .blocks = denoiser_->blocks(), .observations = seen});
    if (plans.size() != 1 && plans.size() != static_cast<size_t>(batch)) {
      throw std::logic_error("a scheduler makes one plan, or one for each row");
    }
    const bool shared = std::all_of(plans.begin(), plans.end(), [&](const Plan& plan) {
      return plan == plans.front() && (plan.probes().empty() || batch == 1);
    });
    if (shared) plans.resize(1);
    if (!shared && plans.size() == 1) plans.assign(batch, Plan(plans.front()));
    std::vector<Lane> lanes;
    for (Plan& plan : plans) {
      CheckPlan(plan, lanes.empty() ? plan : lanes.front().plan());
      const auto row = static_cast<int64_t>(lanes.size());
      lanes.emplace_back(std::move(plan), row, shared ? batch : 1);
    }
    return lanes;
  }

  void CheckPlan(const Plan& plan, const Plan& first) const {
    const auto blocks = static_cast<int>(denoiser_->blocks().size());
    const auto steps = static_cast<int>(sampler_->timesteps().size());
    if (plan.steps() != steps || plan.blocks() != blocks) {
      throw UsageError("a plan of {} steps x {} blocks does not fit {} steps x {} blocks",
                       plan.steps(), plan.blocks(), steps, blocks);
    }
    plan.Validate();
    if (!plan.SameShape(first)) {
      throw std::logic_error("plans of one batch share grid and layout");
    }
  }

  at::Tensor Denoise(int step, const at::Tensor& sample, const Encoded& encoded,
                     std::vector<Lane>& lanes) {
    const StepState state = denoiser_->Begin(sample, sampler_->timesteps()[step], encoded);
    for (Lane& lane : lanes) lane.BeginStep(step, state.stream);
    const std::vector<int> probes = lanes.front().plan().probes();
    for (int block = 0; block < static_cast<int>(denoiser_->blocks().size()); ++block) {
      RunBlock(*denoiser_, block, state, lanes);
      if (!probes.empty() && probes.back() == block) Refine(step, lanes);
    }
    for (Lane& lane : lanes) lane.Flush();
    return denoiser_->Finish(state.stream);
  }

  void Refine(int step, std::vector<Lane>& lanes) {
    for (Lane& lane : lanes) {
      scheduler_->Refine({.step = step, .row = lane.first_row(), .residuals = lane.probes()},
                         lane.plan());
    }
  }

  at::Tensor StepNoise(int step, const NoiseSource& noise) const {
    if (!sampler_->NeedsNoise(step)) return {};
    return Noise(static_cast<uint32_t>(sampler_->timesteps()[step]), noise);
  }

  // Of the tokens that are computed.
  at::Tensor Noise(uint32_t step, const NoiseSource& noise) const {
    return noise(step).narrow(1, 0, config_.horizon).contiguous().to(device_);
  }

  // The executed part of the chunk, in the task's units.
  at::Tensor Actions(const at::Tensor& sample) const {
    const at::Tensor part = sample.narrow(1, config_.observation_steps - 1, config_.action_steps);
    return action_normalizer_.Unnormalize(part).to(at::kCPU);
  }

  // What ran for each row of a lane.
  RowTrace Trace(const Lane& lane) const {
    const FixedFlops fixed = denoiser_->fixed_flops();
    const CellCount& count = lane.count();
    const double pruner = scheduler_->flops_per_plan();
    return {.computed_cells = count.computed,
            .total_cells = count.computed + count.reused,
            .flops = fixed.per_chunk + lane.plan().steps() * fixed.per_step + count.flops + pruner,
            .pruner_flops = pruner,
            .skipped_flops = count.skipped_flops,
            .plan_digest = lane.plan().Digest()};
  }

  PolicyConfig config_;  // its horizon: the tokens that are computed
  at::Device device_;
  LinearNormalizer observation_normalizer_, action_normalizer_;
  std::unique_ptr<Sampler> sampler_;
  std::unique_ptr<Scheduler> scheduler_;
  std::unique_ptr<Denoiser> denoiser_;
};

template <Repetition kRepetition>
std::unique_ptr<Executor> Make(const KnobValues&, const ExecutorParts& parts) {
  return std::make_unique<BlockExecutor>(parts, kRepetition);
}

const bool kRegistered =
    Executors().Add({.name = "eager",
                     .summary = "LibTorch operators; nothing that cannot change the actions",
                     .knobs = {},
                     .make = Make<Repetition::kNone>}) &&
    Executors().Add({.name = "reference",
                     .summary = "recomputes everything at every step, as the original Python",
                     .knobs = {},
                     .make = Make<Repetition::kAll>});

}  // namespace
}  // namespace sagbench
