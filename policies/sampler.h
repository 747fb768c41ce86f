#pragma once

#include <span>

#include <ATen/core/Tensor.h>

#include "core/registry.h"
#include "policies/noise_schedule.h"

namespace sagbench {

// A sampler's step from a sample x and predicted noise e, z being standard normal:
//   next = clean * clamp((x - noise_scale * e) / signal_scale, -1, 1)
//          + sample * x + predicted * e + sigma * z
struct StepCoefficients {
  float noise_scale = 0.0F, signal_scale = 1.0F;
  float clean = 1.0F, sample = 0.0F, predicted = 0.0F, sigma = 0.0F;
};

// Turns predicted noise into the next, less noisy sample.
class Sampler {
 public:
  virtual ~Sampler() = default;
  // The sample [B, T, act] at the first timestep, from standard normal noise of that shape.
  virtual at::Tensor Start(const at::Tensor& noise) const { return noise; }
  // Timesteps to visit, high to low.
  virtual std::span<const int> timesteps() const = 0;
  // What the step after visiting timesteps()[index] computes.
  virtual const StepCoefficients& Coefficients(int index) const = 0;

  // True where Step(index) reads its step noise.
  bool NeedsNoise(int index) const { return Coefficients(index).sigma > 0.0F; }
  // The clamped clean sample that a prediction at timesteps()[index] amounts to, [B, T, act].
  at::Tensor Clean(int index, const at::Tensor& sample, const at::Tensor& predicted_noise) const;
  // The noise that separates the sample at timesteps()[index] from a clean one.
  at::Tensor NoiseFrom(int index, const at::Tensor& sample, const at::Tensor& clean) const;
  // The sample after visiting timesteps()[index]; all tensors [B, T, act]. `step_noise` is standard
  // normal and may be undefined where NeedsNoise is false.
  at::Tensor Step(int index, const at::Tensor& sample, const at::Tensor& predicted_noise,
                  const at::Tensor& step_noise) const;
};

// Factories get the schedule that the policy was trained with.
using SamplerRegistry = Registry<Sampler, const NoiseSchedule&>;
SamplerRegistry& Samplers();

// "spacing": how fewer steps than the training's are spread (see SpacedTimesteps).
Knob SpacingKnob();

}  // namespace sagbench
