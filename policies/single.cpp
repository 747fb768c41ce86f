// One evaluation and no noise: the floor of all sampling. The network sees an all-zero sample at
// one timestep, and its clean estimate is the answer. Where this does as well as dense sampling, a
// task cannot tell samplers or caches apart.
#include <vector>

#include <ATen/ATen.h>

#include "policies/sampler.h"

namespace sagbench {
namespace {

class Single : public Sampler {
 public:
  Single(const NoiseSchedule& schedule, int timestep) : schedule_(schedule), timesteps_{timestep} {
    if (timestep >= schedule.train_steps()) {
      throw UsageError("timestep {} is none of the policy's: valid are 0 to {}", timestep,
                       schedule.train_steps() - 1);
    }
  }

  at::Tensor Start(const at::Tensor& noise) const override { return at::zeros_like(noise); }
  std::span<const int> timesteps() const override { return timesteps_; }
  bool NeedsNoise(int index) const override { return false; }

  at::Tensor Step(int index, const at::Tensor& sample, const at::Tensor& predicted_noise,
                  const at::Tensor& step_noise) const override {
    return schedule_.CleanEstimate(timesteps_[index], sample, predicted_noise);
  }

 private:
  NoiseSchedule schedule_;
  std::vector<int> timesteps_;
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
