// DDIM (Song et al., 2021), eta 0: deterministic given the initial sample.
#include <cmath>

#include "policies/aten.h"
#include "policies/sampler.h"

namespace sagbench {
namespace {

class Ddim : public Sampler {
 public:
  Ddim(const NoiseSchedule& schedule, int steps, Spacing spacing)
      : timesteps_(SpacedTimesteps(schedule.train_steps(), steps, spacing)) {
    const std::vector<int> next = NextTimesteps(timesteps_);
    for (size_t i = 0; i < next.size(); ++i) {
      const float abar = schedule.AlphaBar(timesteps_[i]);
      const float abar_previous = schedule.AlphaBar(next[i]);
      coefficients_.push_back({.noise_scale = std::sqrt(1.0F - abar),
                               .signal_scale = std::sqrt(abar),
                               .clean = std::sqrt(abar_previous),
                               .predicted = std::sqrt(1.0F - abar_previous)});
    }
  }

  std::span<const int> timesteps() const override { return timesteps_; }
  const StepCoefficients& Coefficients(int index) const override { return coefficients_[index]; }

 private:
  std::vector<int> timesteps_;
  std::vector<StepCoefficients> coefficients_;
};

const bool kRegistered = Samplers().Add({
    .name = "ddim",
    .summary = "deterministic sampling with evenly spaced steps",
    .knobs = {IntegerKnob("steps", 100, 1, 100, "denoising steps"), SpacingKnob()},
    .make = [](const KnobValues& knobs, const NoiseSchedule& schedule) -> std::unique_ptr<Sampler> {
      return std::make_unique<Ddim>(schedule, static_cast<int>(knobs.Integer("steps")),
                                    SpacingFromName(knobs.Choice("spacing")));
    },
});

}  // namespace
}  // namespace sagbench
