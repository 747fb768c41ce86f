#include "policies/flops.h"

namespace sagbench {

const char* BlockKindName(BlockKind kind) {
  switch (kind) {
    case BlockKind::kSelfAttention:
      return "SA";
    case BlockKind::kCrossAttention:
      return "CA";
    case BlockKind::kFeedForward:
      return "FF";
  }
  return "?";
}

NetworkFlops CountNetworkFlops(const PolicyConfig& config) {
  const double d = config.width;
  const double t = config.horizon;
  const double s = config.memory_tokens();
  NetworkFlops flops;
  flops.self_attention = 2.0 * (4.0 * t * d * d + 2.0 * t * t * d);
  flops.cross_attention = 2.0 * (2.0 * t * d * d + 2.0 * t * s * d);
  flops.memory_token = 2.0 * 2.0 * d * d;
  flops.feed_forward = 2.0 * 8.0 * t * d * d;
  flops.encode_token = 2.0 * 8.0 * d * d;
  flops.embed_observations = 2.0 * config.observation_steps * config.observation_size * d;
  flops.embed_sample = 2.0 * t * config.action_size * d;
  flops.head = 2.0 * t * d * config.action_size;
  return flops;
}

std::vector<BlockInfo> ListBlocks(const PolicyConfig& config, bool memory_in_block) {
  const NetworkFlops flops = CountNetworkFlops(config);
  const double memory = memory_in_block ? config.memory_tokens() * flops.memory_token : 0.0;
  std::vector<BlockInfo> blocks;
  for (int layer = 0; layer < config.layers; ++layer) {
    const std::string suffix = std::to_string(layer);
    blocks.push_back({"SA" + suffix, BlockKind::kSelfAttention, layer, flops.self_attention});
    blocks.push_back(
        {"CA" + suffix, BlockKind::kCrossAttention, layer, flops.cross_attention + memory});
    blocks.push_back({"FF" + suffix, BlockKind::kFeedForward, layer, flops.feed_forward});
  }
  return blocks;
}

}  // namespace sagbench
