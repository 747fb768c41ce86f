#include "policies/flops.h"

#include <gtest/gtest.h>

namespace sagbench {
namespace {

// Total of one denoising step that recomputes everything.
double StepTotal(const PolicyConfig& config) {
  const NetworkFlops flops = CountNetworkFlops(config);
  double total = flops.embed_observations + flops.embed_sample + flops.head +
                 config.memory_tokens() * flops.encode_token;
  for (const BlockInfo& block : ListBlocks(config, true)) total += block.flops_per_row;
  return total;
}

TEST(Flops, MatchTheFormulasOfPushtAndLift) {
  PolicyConfig config;
  const std::vector<BlockInfo> blocks = ListBlocks(config, true);
  EXPECT_EQ(blocks.size(), 24U);
  EXPECT_EQ(blocks[0].flops_per_row, 8650752.0);
  EXPECT_EQ(blocks[1].flops_per_row, 5029888.0);
  EXPECT_EQ(blocks[2].flops_per_row, 16777216.0);
  EXPECT_EQ(ListBlocks(config, false)[1].flops_per_row, 5029888.0 - 786432.0);
  EXPECT_EQ(StepTotal(config), 246861824.0);
  config.horizon = 10;
  config.action_size = 10;
  config.observation_size = 19;
  EXPECT_EQ(StepTotal(config), 157424640.0);
}

TEST(ListBlocks, NamesThemInOrderOfExecution) {
  PolicyConfig config;
  config.layers = 2;
  const std::vector<BlockInfo> blocks = ListBlocks(config, false);
  const char* names[] = {"SA0", "CA0", "FF0", "SA1", "CA1", "FF1"};
  for (size_t i = 0; i < blocks.size(); ++i) EXPECT_EQ(blocks[i].name, names[i]);
  EXPECT_STREQ(BlockKindName(blocks[5].kind), "FF");
}

}  // namespace
}  // namespace sagbench
