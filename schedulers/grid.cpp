#include "schedulers/grid.h"

#include <memory>

#include "policies/denoiser.h"

namespace sagbench {

Grid GridOf(const PolicyConfig& policy, const SamplerRegistry::Choice& sampler) {
  const std::unique_ptr<Sampler> made = sampler.Make(NoiseSchedule(policy.train_steps));
  return {.steps = static_cast<int>(made->timesteps().size()),
          .blocks = kBlockKinds * policy.layers};
}

}  // namespace sagbench
