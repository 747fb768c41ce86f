// Runs plans block by block with LibTorch's operators. "reference" recomputes everything at every
// step, as the original Python does. "eager" leaves out what cannot change the actions: it computes
// keys and values of the memory once, and only the tokens up to the last executed action (attention
// is causal, so later ones influence none of them).
#include <c10/core/InferenceMode.h>

#include "policies/aten.h"
#include "schedulers/device_policy.h"
#include "schedulers/executor.h"
#include "schedulers/lane.h"
#include "schedulers/phase_clock.h"
#include "schedulers/plan_rows.h"

namespace sagbench {
namespace {

// Which of the original's exact repetitions are kept.
enum class Repetition { kNone, kAll };

class BlockExecutor : public Executor {
 public:
  BlockExecutor(const ExecutorParts& parts, Repetition repetition)
      : config_(parts.policy->config),
        device_(parts.device),
        policy_(PolicyOn(*parts.policy, device_)),
        sampler_(parts.MakeSampler()),
        scheduler_(parts.MakeScheduler()),
        clock_(MakePhaseClock(parts.device)) {
    const at::NoGradGuard no_grad;
    if (repetition == Repetition::kAll) {
      denoiser_ = MakeReferenceDenoiser(policy_.network);
    } else {
      config_.horizon = config_.executed_tokens();
      denoiser_ = MakeCachedDenoiser(policy_.network.Prefix(config_.horizon));
    }
  }

  Chunk Act(const at::Tensor& observations, const NoiseSource& noise) override {
    const c10::InferenceMode inference;
    clock_->Start();
    Chunk chunk;
    const at::Tensor seen = policy_.observation_normalizer.Normalize(observations.to(device_));
    const Encoded encoded = denoiser_->Encode(seen);
    clock_->Lap(chunk.times.encode);
    std::vector<Lane> lanes = MakeLanes(seen);
    clock_->Lap(chunk.times.plan);
    at::Tensor sample = sampler_->Start(Noise(NoiseKey::kInitialSample, noise));
    for (int step = 0; step < static_cast<int>(sampler_->timesteps().size()); ++step) {
      clock_->Lap(chunk.times.sampler);
      const at::Tensor predicted = Predict(step, sample, encoded, lanes);
      clock_->Lap(chunk.times.denoise);
      sample = sampler_->Step(step, sample, predicted, StepNoise(step, noise, lanes));
    }
    chunk.actions = Actions(sample);
    chunk.trajectory = sample;
    clock_->Lap(chunk.times.sampler);
    clock_->Finish();
    for (Lane& lane : lanes) {
      chunk.rows.insert(chunk.rows.end(), static_cast<size_t>(lane.rows()),
                        TraceOf(lane.plan(), lane.count(), denoiser_->fixed_flops(),
                                scheduler_->flops_per_plan()));
      chunk.plans.push_back(std::move(lane.plan()));
    }
    return chunk;
  }

 private:
  // Rows that follow one plan share a lane.
  std::vector<Lane> MakeLanes(const at::Tensor& seen) {
    std::vector<Plan> plans = scheduler_->MakePlan(
        {.timesteps = sampler_->timesteps(), .blocks = denoiser_->blocks(), .observations = seen});
    std::vector<Lane> lanes;
    for (PlannedRows& rows :
         AssignPlans(std::move(plans), seen.size(0), static_cast<int>(sampler_->timesteps().size()),
                     static_cast<int>(denoiser_->blocks().size()))) {
      lanes.emplace_back(std::move(rows.plan), rows.first_row, rows.rows);
    }
    return lanes;
  }

  // The predicted noise [B, T, act] of all rows; keeps what their plans hold.
  at::Tensor Predict(int step, const at::Tensor& sample, const Encoded& encoded,
                     std::vector<Lane>& lanes) {
    std::vector<Lane*> running;
    for (Lane& lane : lanes) {
      if (lane.Holds(step)) {
        lane.SkipStep(denoiser_->blocks());
      } else {
        running.push_back(&lane);
      }
    }
    at::Tensor predicted;
    if (!running.empty()) predicted = Denoise(step, sample, encoded, running);
    if (!lanes.front().plan().HoldsClean()) return predicted;
    if (running.size() == lanes.size()) {
      clean_ = sampler_->Clean(step, sample, predicted);
      return predicted;
    }
    const at::Tensor held = sampler_->NoiseFrom(step, sample, clean_);
    if (running.empty()) return held;
    const at::Tensor clean = sampler_->Clean(step, sample, predicted);
    for (const Lane* lane : running) {
      const auto rows = [&](const at::Tensor& all) {
        return all.narrow(0, lane->first_row(), lane->rows());
      };
      rows(clean_).copy_(rows(clean));
      rows(held).copy_(rows(predicted));
    }
    return held;
  }

  // Of the rows of the lanes that run.
  at::Tensor Denoise(int step, const at::Tensor& sample, const Encoded& encoded,
                     const std::vector<Lane*>& lanes) {
    const StepState state = denoiser_->Begin(sample, sampler_->timesteps()[step], encoded);
    for (Lane* lane : lanes) lane->BeginStep(step, state.stream);
    const std::vector<int> probes = lanes.front()->plan().probes();
    for (int block = 0; block < static_cast<int>(denoiser_->blocks().size()); ++block) {
      RunBlock(*denoiser_, block, state, lanes);
      if (!probes.empty() && probes.back() == block) Refine(step, lanes);
    }
    for (Lane* lane : lanes) lane->Flush();
    return denoiser_->Finish(state.stream);
  }

  void Refine(int step, const std::vector<Lane*>& lanes) {
    for (Lane* lane : lanes) {
      scheduler_->Refine({.step = step, .row = lane->first_row(), .residuals = lane->probes()},
                         lane->plan());
    }
  }

  at::Tensor StepNoise(int step, const NoiseSource& noise, const std::vector<Lane>& lanes) const {
    if (!sampler_->NeedsNoise(step)) return {};
    const at::Tensor drawn = Noise(static_cast<uint32_t>(sampler_->timesteps()[step]), noise);
    if (lanes.front().plan().idle().noise == 1.0) return drawn;  // idle steps are alike in a batch
    std::vector<at::Tensor> added;
    for (const Lane& lane : lanes) {
      const at::Tensor own = drawn.narrow(0, lane.first_row(), lane.rows());
      added.push_back(own * lane.plan().NoiseShare(step));
    }
    return at::cat(added);
  }

  // Of the tokens that are computed.
  at::Tensor Noise(uint32_t step, const NoiseSource& noise) const {
    return noise(step).narrow(1, 0, config_.horizon).contiguous().to(device_);
  }

  // The executed part of the chunk, in the task's units.
  at::Tensor Actions(const at::Tensor& sample) const {
    const at::Tensor part = sample.narrow(1, config_.observation_steps - 1, config_.action_steps);
    return policy_.action_normalizer.Unnormalize(part).to(at::kCPU);
  }

  PolicyConfig config_;  // its horizon: the tokens that are computed
  at::Device device_;
  DevicePolicy policy_;
  std::unique_ptr<Sampler> sampler_;
  std::unique_ptr<Scheduler> scheduler_;
  std::unique_ptr<PhaseClock> clock_;
  std::unique_ptr<Denoiser> denoiser_;
  at::Tensor clean_;  // of each row's last step that ran; where plans hold it
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
