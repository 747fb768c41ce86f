#include "schedulers/dense_residuals.h"

#include <functional>

#include <c10/core/InferenceMode.h>

#include "core/interrupt.h"
#include "policies/aten.h"
#include "policies/denoiser.h"

namespace sagbench {
namespace {

struct Visitor {
  std::function<void(int steps, int blocks)> begin;
  std::function<void(int step, const at::Tensor& sample)> sample;
  std::function<void(int step, int block, const at::Tensor& residual)> residual;  // may be empty
};

void WalkDense(const Policy& policy, const SamplerRegistry::Choice& sampler,
               const at::Tensor& observations, const NoiseSource& noise, const Visitor& visitor) {
  const int64_t tokens = policy.config.executed_tokens();
  const auto draw = [&](uint32_t step) { return noise(step).narrow(1, 0, tokens).contiguous(); };
  const std::unique_ptr<Denoiser> denoiser =
      MakeCachedDenoiser(DpTransformer(policy.config, policy.weights).Prefix(tokens));
  const std::unique_ptr<Sampler> steps = sampler.Make(NoiseSchedule(policy.config.train_steps));
  const Encoded encoded = denoiser->Encode(policy.observation_normalizer.Normalize(observations));
  const auto count = static_cast<int>(steps->timesteps().size());
  const auto blocks = static_cast<int>(denoiser->blocks().size());
  visitor.begin(count, blocks);
  at::Tensor sample = steps->Start(draw(NoiseKey::kInitialSample));
  for (int step = 0; step < count; ++step) {
    ThrowIfInterrupted();
    const int timestep = steps->timesteps()[step];
    visitor.sample(step, sample);
    StepState state = denoiser->Begin(sample, timestep, encoded);
    for (int block = 0; block < blocks; ++block) {
      const at::Tensor residual = denoiser->Residual(block, state.stream, state, {});
      if (visitor.residual) visitor.residual(step, block, residual);
      state.stream.add_(residual);
    }
    const at::Tensor fresh =
        steps->NeedsNoise(step) ? draw(static_cast<uint32_t>(timestep)) : at::Tensor();
    sample = steps->Step(step, sample, denoiser->Finish(state.stream), fresh);
  }
}

}  // namespace

std::vector<at::Tensor> DenseResiduals(const Policy& policy, const SamplerRegistry::Choice& sampler,
                                       const at::Tensor& observations, const NoiseSource& noise) {
  const c10::InferenceMode inference;
  const int64_t values = policy.config.executed_tokens() * policy.config.width;
  std::vector<at::Tensor> residuals;
  WalkDense(
      policy, sampler, observations, noise,
      {.begin =
           [&](int steps, int blocks) {
             for (int block = 0; block < blocks; ++block) {
               residuals.push_back(at::empty({observations.size(0), steps, values}, at::kFloat));
             }
           },
       .sample = [](int, const at::Tensor&) {},
       .residual =
           [&](int step, int block, const at::Tensor& residual) {
             residuals[block].select(1, step).copy_(residual.flatten(1));
           }});
  return residuals;
}

at::Tensor DenseSamples(const Policy& policy, const SamplerRegistry::Choice& sampler,
                        const at::Tensor& observations, const NoiseSource& noise) {
  const at::NoGradGuard no_grad;
  std::vector<at::Tensor> samples;
  WalkDense(policy, sampler, observations, noise,
            {.begin = [](int, int) {},
             .sample = [&](int, const at::Tensor& sample) { samples.push_back(sample.clone()); },
             .residual = {}});
  return at::stack(samples, 1);
}

}  // namespace sagbench
