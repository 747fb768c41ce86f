// One evaluation and no noise: the floor of all sampling. The network sees an all-zero sample at
// one timestep, and its clean estimate is the answer. Where this does as well as dense sampling, a
// task cannot tell samplers or caches apart.
#include <cmath>
#include <vector>

#include "policies/aten.h"
#include "policies/sampler.h"

namespace sagbench {
namespace {

class Single : public Sampler {
 public:
  Single(const NoiseSchedule& schedule, int timestep) : timesteps_{timestep} {
    if (timestep >= schedule.train_steps()) {
      throw UsageError("timestep {} is none of the policy's: valid are 0 to {}", timestep,
                       schedule.train_steps() - 1);
    }
    coefficients_ = {.noise_scale = std::sqrt(1.0F - schedule.AlphaBar(timestep)),
                     .signal_scale = std::sqrt(schedule.AlphaBar(timestep))};
  }

  at::Tensor Start(const at::Tensor& noise) const override { return at::zeros_like(noise); }
  std::span<const int> timesteps() const override { return timesteps_; }
  const StepCoefficients& Coefficients(int) const override { return coefficients_; }

 private:
  std::vector<int> timesteps_;
  StepCoefficients coefficients_;
};

const bool kRegistered = Samplers().Add({
    .name = "single",
    .summary = "one evaluation of a zero sample, no noise: the floor of all sampling",
    .knobs = {IntegerKnob("t", 49, 0, 99, "the timestep that is evaluated")},
    .make = [](const KnobValues& knobs, const NoiseSchedule& schedule) -> std::unique_ptr<Sampler> {
      return std::make_unique<Single>(schedule, static_cast<int>(knobs.Integer("t")));
    },
});

}  // namespace
}  // namespace sagbench
