#pragma once

#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

namespace sagbench {

// The squared-cosine noise schedule of Nichol and Dhariwal (2021), as diffusers computes it: betas
// in double, stored and multiplied up in float32.
class NoiseSchedule {
 public:
  explicit NoiseSchedule(int train_steps);

  int train_steps() const { return static_cast<int>(betas_.size()); }
  const std::vector<float>& betas() const { return betas_; }
  const std::vector<float>& alphas_cumprod() const { return alphas_cumprod_; }
  // Cumulative product at timestep t; 1 for t < 0. Samplers keep to float32, as diffusers does.
  float AlphaBar(int t) const { return t < 0 ? 1.0F : alphas_cumprod_[t]; }

  // x_t = sqrt(abar_t) x_0 + sqrt(1 - abar_t) noise for timesteps [B] and samples [B, ...].
  at::Tensor AddNoise(const at::Tensor& clean, const at::Tensor& noise,
                      const at::Tensor& timesteps) const;

 private:
  std::vector<float> betas_, alphas_cumprod_;
};

enum class Spacing { kLeading, kTrailing };

// `steps` timesteps of `train_steps`, high to low and evenly spaced as diffusers (>= 0.12) does:
// "leading" ends at 0 (and begins below the last timestep, though x_T is pure noise), "trailing"
// begins at the last. Throws Error (usage) unless 1 <= steps <= train_steps.
std::vector<int> SpacedTimesteps(int train_steps, int steps, Spacing spacing);

// "leading" or "trailing".
Spacing SpacingFromName(const std::string& name);

// The timestep whose noise level the sample has after each of `timesteps`: the next one, and -1
// (clean) after the last.
std::vector<int> NextTimesteps(const std::vector<int>& timesteps);

}  // namespace sagbench
