#pragma once

#include "policies/policy_config.h"
#include "policies/sampler.h"

namespace sagbench {

// Rows and columns of the plans for a policy under a sampler.
struct Grid {
  int steps = 0, blocks = 0;
};
Grid GridOf(const PolicyConfig& policy, const SamplerRegistry::Choice& sampler);

}  // namespace sagbench
