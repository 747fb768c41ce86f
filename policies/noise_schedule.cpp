#include "policies/noise_schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/error.h"
#include "policies/aten.h"

namespace sagbench {
namespace {

double CosineAlphaBar(double u) {
  const double c = std::cos((u + 0.008) / 1.008 * std::numbers::pi / 2.0);
  return c * c;
}

// Column of values picked by timestep, shaped to broadcast over [B, ...].
at::Tensor PickColumn(const std::vector<float>& values, const at::Tensor& timesteps, int64_t dims) {
  std::vector<int64_t> shape(dims, 1);
  shape[0] = timesteps.size(0);
  return at::tensor(values, at::kFloat).to(timesteps.device()).index({timesteps}).view(shape);
}

}  // namespace

NoiseSchedule::NoiseSchedule(int train_steps) {
  double product = 1.0;
  for (int i = 0; i < train_steps; ++i) {
    const double before = CosineAlphaBar(static_cast<double>(i) / train_steps);
    const double after = CosineAlphaBar(static_cast<double>(i + 1) / train_steps);
    betas_.push_back(static_cast<float>(std::min(1.0 - after / before, 0.999)));
    product *= static_cast<double>(1.0F - betas_.back());
    alphas_cumprod_.push_back(static_cast<float>(product));
  }
}

at::Tensor NoiseSchedule::AddNoise(const at::Tensor& clean, const at::Tensor& noise,
                                   const at::Tensor& timesteps) const {
  const at::Tensor abar = PickColumn(alphas_cumprod_, timesteps, clean.dim());
  return abar.sqrt() * clean + (1.0 - abar).sqrt() * noise;
}

std::vector<int> SpacedTimesteps(int train_steps, int steps, Spacing spacing) {
  if (steps < 1 || steps > train_steps) {
    throw UsageError("{} denoising steps asked for: valid are 1 to {}", steps, train_steps);
  }
  std::vector<int> timesteps(steps);
  for (int i = 0; i < steps; ++i) {
    const double parts = static_cast<double>(i) * train_steps / steps;
    timesteps[i] = spacing == Spacing::kLeading
                       ? (steps - 1 - i) * (train_steps / steps)
                       : static_cast<int>(std::nearbyint(train_steps - parts)) - 1;
  }
  return timesteps;
}

Spacing SpacingFromName(const std::string& name) {
  return name == "trailing" ? Spacing::kTrailing : Spacing::kLeading;
}

std::vector<int> NextTimesteps(const std::vector<int>& timesteps) {
  std::vector<int> next(timesteps.begin() + 1, timesteps.end());
  next.push_back(-1);
  return next;
}

}  // namespace sagbench
