#include "schedulers/grid.h"

#include <memory>

namespace sagbench {
namespace {

constexpr int kKinds = 3;  // blocks of a layer

}  // namespace

Grid GridOf(const PolicyConfig& policy, const SamplerRegistry::Choice& sampler) {
  const std::unique_ptr<Sampler> made = sampler.Make(NoiseSchedule(policy.train_steps));
  return {.steps = static_cast<int>(made->timesteps().size()), .blocks = kKinds * policy.layers};
}

}  // namespace sagbench
