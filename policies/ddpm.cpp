// DDPM ancestral sampling (Ho et al., 2020) with diffusers' fixed_small variance and x0 clipping.
// `noise` scales what steps add, a temperature of the sampling: 1 is the paper's.
#include <cmath>

#include "policies/aten.h"
#include "policies/sampler.h"

namespace sagbench {
namespace {

class Ddpm : public Sampler {
 public:
  Ddpm(const NoiseSchedule& schedule, int steps, Spacing spacing, double noise)
      : timesteps_(SpacedTimesteps(schedule.train_steps(), steps, spacing)) {
    const std::vector<int> next = NextTimesteps(timesteps_);
    for (size_t i = 0; i < next.size(); ++i) {
      coefficients_.push_back(Ancestral(schedule, timesteps_[i], next[i]));
      coefficients_.back().sigma *= static_cast<float>(noise);
    }
  }

  std::span<const int> timesteps() const override { return timesteps_; }
  const StepCoefficients& Coefficients(int index) const override { return coefficients_[index]; }

 private:
  static StepCoefficients Ancestral(const NoiseSchedule& schedule, int t, int previous) {
    const float abar = schedule.AlphaBar(t);
    const float abar_previous = schedule.AlphaBar(previous);
    const float alpha = abar / abar_previous;
    const float beta = 1.0F - alpha;
    const float variance = (1.0F - abar_previous) / (1.0F - abar) * beta;
    return {.noise_scale = std::sqrt(1.0F - abar),
            .signal_scale = std::sqrt(abar),
            .clean = std::sqrt(abar_previous) * beta / (1.0F - abar),
            .sample = std::sqrt(alpha) * (1.0F - abar_previous) / (1.0F - abar),
            .sigma = previous >= 0 ? std::sqrt(std::max(variance, 1e-20F)) : 0.0F};
  }

  std::vector<int> timesteps_;
  std::vector<StepCoefficients> coefficients_;
};

const bool kRegistered = Samplers().Add({
    .name = "ddpm",
    .summary = "ancestral sampling, noise at every step; respaced where steps < 100",
    .knobs = {IntegerKnob("steps", 100, 1, 100, "denoising steps"), SpacingKnob(),
              NumberKnob("noise", 1.0, 0.0, 2.0, "share of the noise that steps add")},
    .make = [](const KnobValues& knobs, const NoiseSchedule& schedule) -> std::unique_ptr<Sampler> {
      return std::make_unique<Ddpm>(schedule, static_cast<int>(knobs.Integer("steps")),
                                    SpacingFromName(knobs.Choice("spacing")),
                                    knobs.Number("noise"));
    },
});

}  // namespace
}  // namespace sagbench
