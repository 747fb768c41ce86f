#include "policies/sampler.h"

#include "policies/aten.h"

namespace sagbench {

SamplerRegistry& Samplers() {
  static SamplerRegistry registry("sampler");
  return registry;
}

at::Tensor Sampler::Clean(int index, const at::Tensor& sample,
                          const at::Tensor& predicted_noise) const {
  const StepCoefficients& c = Coefficients(index);
  return sample.sub(predicted_noise * c.noise_scale).div_(c.signal_scale).clamp_(-1.0, 1.0);
}

at::Tensor Sampler::NoiseFrom(int index, const at::Tensor& sample, const at::Tensor& clean) const {
  const StepCoefficients& c = Coefficients(index);
  return sample.sub(clean * c.signal_scale).div_(c.noise_scale);
}

at::Tensor Sampler::Step(int index, const at::Tensor& sample, const at::Tensor& predicted_noise,
                         const at::Tensor& step_noise) const {
  const StepCoefficients& c = Coefficients(index);
  at::Tensor next = Clean(index, sample, predicted_noise).mul_(c.clean);
  if (c.sample != 0.0F) next.add_(sample * c.sample);
  if (c.predicted != 0.0F) next.add_(predicted_noise * c.predicted);
  if (c.sigma > 0.0F) next.add_(step_noise * c.sigma);
  return next;
}

Knob SpacingKnob() {
  return ChoiceKnob("spacing", "leading", {"leading", "trailing"},
                    "steps that end at timestep 0, or that begin at the last one");
}

}  // namespace sagbench
