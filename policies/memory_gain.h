#pragma once

#include "policies/transformer_weights.h"

namespace sagbench {

// The same function with another balance of weights: memory tokens become `gain` times larger (the
// encoder's last layer), and what reads them (keys and values of every cross-attention) as much
// smaller. Exact for powers of two. AdamW moves every weight about equally far per step, so the
// gain decides how fast training can change what the network takes from an observation: weights
// drawn at 0.02 leave the memory near 0.1 and small differences between the observations, such as
// velocities, unused for long. Throws Error (usage) unless gain is positive and finite.
void ScaleMemory(TransformerWeights& weights, double gain);

}  // namespace sagbench
