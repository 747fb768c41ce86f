#pragma once

#include <vector>

#include <ATen/core/Tensor.h>

#include "policies/checkpoint.h"
#include "policies/sampler.h"
#include "schedulers/executor.h"

namespace sagbench {

// What every block adds in every step of dense denoising, over the tokens that reach an executed
// action: one tensor a block, [B, steps, tokens * width], float32 on the CPU. `observations` [B,
// To, obs] in the task's units.
std::vector<at::Tensor> DenseResiduals(const Policy& policy, const SamplerRegistry::Choice& sampler,
                                       const at::Tensor& observations, const NoiseSource& noise);

}  // namespace sagbench
