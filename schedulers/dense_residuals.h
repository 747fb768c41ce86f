#pragma once

#include <vector>

#include <ATen/core/Tensor.h>

#include "policies/checkpoint.h"
#include "policies/sampler.h"
#include "schedulers/executor.h"

namespace sagbench {

// What dense denoising does, over the tokens that reach an executed action, for `observations` [B,
// To, obs] in the task's units; float32 on the CPU.

// What every block adds in every step: one tensor a block, [B, steps, tokens * width].
std::vector<at::Tensor> DenseResiduals(const Policy& policy, const SamplerRegistry::Choice& sampler,
                                       const at::Tensor& observations, const NoiseSource& noise);

// The noisy sample that every step starts from: [B, steps, tokens, act].
at::Tensor DenseSamples(const Policy& policy, const SamplerRegistry::Choice& sampler,
                        const at::Tensor& observations, const NoiseSource& noise);

}  // namespace sagbench
