#include "schedulers/dense_residuals.h"

#include <ATen/ATen.h>
#include <c10/core/InferenceMode.h>

#include "policies/denoiser.h"

namespace sagbench {

std::vector<at::Tensor> DenseResiduals(const Policy& policy, const SamplerRegistry::Choice& sampler,
                                       const at::Tensor& observations, const NoiseSource& noise) {
  const c10::InferenceMode inference;
  const int64_t tokens = policy.config.executed_tokens();
  const auto draw = [&](uint32_t step) { return noise(step).narrow(1, 0, tokens).contiguous(); };
  const std::unique_ptr<Denoiser> denoiser =
      MakeCachedDenoiser(DpTransformer(policy.config, policy.weights).Prefix(tokens));
  const std::unique_ptr<Sampler> steps = sampler.Make(NoiseSchedule(policy.config.train_steps));
  const Encoded encoded = denoiser->Encode(policy.observation_normalizer.Normalize(observations));
  const auto count = static_cast<int64_t>(steps->timesteps().size());
  std::vector<at::Tensor> residuals(denoiser->blocks().size());
  for (at::Tensor& block : residuals) {
    block = at::empty({observations.size(0), count, tokens * policy.config.width}, at::kFloat);
  }
  at::Tensor sample = steps->Start(draw(NoiseKey::kInitialSample));
  for (int step = 0; step < count; ++step) {
    const int timestep = steps->timesteps()[step];
    StepState state = denoiser->Begin(sample, timestep, encoded);
    for (size_t block = 0; block < residuals.size(); ++block) {
      const at::Tensor residual =
          denoiser->Residual(static_cast<int>(block), state.stream, state, {});
      residuals[block].select(1, step).copy_(residual.flatten(1));
      state.stream.add_(residual);
    }
    const at::Tensor fresh =
        steps->NeedsNoise(step) ? draw(static_cast<uint32_t>(timestep)) : at::Tensor();
    sample = steps->Step(step, sample, denoiser->Finish(state.stream), fresh);
  }
  return residuals;
}

}  // namespace sagbench
