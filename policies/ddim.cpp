// DDIM (Song et al., 2021), eta 0: deterministic given the initial sample.
#include <cmath>

#include <ATen/ATen.h>

#include "policies/sampler.h"

namespace sagbench {
namespace {

class Ddim : public Sampler {
 public:
  Ddim(const NoiseSchedule& schedule, int steps, Spacing spacing)
      : schedule_(schedule),
        timesteps_(SpacedTimesteps(schedule.train_steps(), steps, spacing)),
        next_(NextTimesteps(timesteps_)) {}

  std::span<const int> timesteps() const override { return timesteps_; }
  bool NeedsNoise(int index) const override { return false; }

  at::Tensor Step(int index, const at::Tensor& sample, const at::Tensor& predicted_noise,
                  const at::Tensor& step_noise) const override {
    const int t = timesteps_[index];
    const float abar_previous = schedule_.AlphaBar(next_[index]);
    at::Tensor next = schedule_.CleanEstimate(t, sample, predicted_noise);
    next.mul_(std::sqrt(abar_previous));
    return next.add_(predicted_noise * std::sqrt(1.0F - abar_previous));
  }

 private:
  NoiseSchedule schedule_;
  std::vector<int> timesteps_, next_;
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
