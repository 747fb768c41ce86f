#pragma once

#include "core/noise.h"
#include "tasks/pusht_beam.h"

namespace sagbench::pusht {

// Simulates a plan from `start` and notes its cost (1,000 more where an approach moves the T too
// far) and success.
void Evaluate(const Moment& start, Plan* plan);

// Cross-entropy method over contact, direction and length of all pushes (Rubinstein 1999): the best
// of `evaluations` variants in 5 rounds, and the plan itself.
Plan Refine(const Moment& start, const Plan& plan, int evaluations, CounterRandom& random);

}  // namespace sagbench::pusht
