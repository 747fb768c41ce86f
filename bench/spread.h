#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

#include "policies/policy_config.h"
#include "schedulers/executor.h"

namespace sagbench {

inline constexpr int64_t kSpreadDraws = 16;
inline constexpr size_t kSpreadObservations = 8;

// How far chunks of one observation lie apart: the standard deviation over kSpreadDraws noise draws
// of each executed action number, normalised, averaged over numbers and the first
// kSpreadObservations recorded observations [To, obs]. A method that keeps its success by
// collapsing to the mean of its modes has a lower spread than dense. Draws are the same for every
// executor. Throws Error (usage) without an observation.
double MeasureSpread(Executor& executor, const std::vector<at::Tensor>& observations,
                     const PolicyConfig& config, uint64_t seed);

}  // namespace sagbench
