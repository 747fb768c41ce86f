#pragma once

#include <vector>

#include "policies/denoiser.h"
#include "policies/policy_config.h"

namespace sagbench {

// Floating point operations of matrix products for one batch row, one multiply-add counted as 2.
// Not counted: biases, norms, softmax, activations, masks, the sampler's arithmetic.

struct NetworkFlops {
  double self_attention = 0.0;   // a layer's: 2 (4 T d^2 + 2 T^2 d)
  double cross_attention = 0.0;  // a layer's, without keys and values: 2 (2 T d^2 + 2 T S d)
  double memory_token = 0.0;     // a layer's keys and values of one memory token: 2 (2 d^2)
  double feed_forward = 0.0;     // a layer's: 2 (8 T d^2)
  double encode_token = 0.0;     // the encoder on one memory token: 2 (8 d^2)
  double embed_observations = 0.0;
  double embed_sample = 0.0;
  double head = 0.0;
};

NetworkFlops CountNetworkFlops(const PolicyConfig& config);

// The network's 3 * layers blocks in order of execution. `memory_in_block`: cross-attention blocks
// also compute the keys and values of all memory tokens.
std::vector<BlockInfo> ListBlocks(const PolicyConfig& config, bool memory_in_block);

}  // namespace sagbench
