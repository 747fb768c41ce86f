#pragma once

#include "policies/transformer_weights.h"

namespace sagbench {

// The same function with another balance of weights: memory tokens become `gain` times larger (the
// encoder's last layer), and what reads them (keys and values of every cross-attention) as much
// smaller. Exact for powers of two. AdamW moves every weight about equally far per step, so the
// gain changes how fast training changes what the network takes from an observation. Throws Error
// (usage) unless gain is positive and finite.
void ScaleMemory(TransformerWeights& weights, double gain);

}  // namespace sagbench
