#include "policies/fused_network.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "policies/aten.h"
#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

constexpr double kRounding = 1e-5;

// Weights that bfloat16 keeps as they are.
Policy ShortPolicy() {
  Policy policy = TinyPolicy();
  for (NamedParameter& parameter : NamedParameters(policy.config, policy.weights)) {
    if (parameter.kind != ParameterKind::kLinearWeight) continue;
    *parameter.tensor = parameter.tensor->to(at::kBFloat16).to(at::kFloat);
  }
  return policy;
}

struct Networks {
  explicit Networks(int tokens, Factors factors = Factors::kFloat32)
      : policy(ShortPolicy()),
        network(DpTransformer(policy.config, policy.weights).Prefix(tokens)),
        cached(MakeCachedDenoiser(network)),
        fused(network, factors, BestKernels()) {}

  const at::NoGradGuard no_grad;
  Policy policy;
  DpTransformer network;
  std::unique_ptr<Denoiser> cached;
  FusedNetwork fused;
};

// All rows at once, by a team of so many.
template <class Body>
void OnTeam(int size, Body body) {
  SpinTeam team(size);
  team.Run([&](const TeamMember& member) { body(member); });
}

TEST(FusedNetwork, HasTheBlocksAndFlopsOfTheCachedDenoiser) {
  const Networks n(9);
  ASSERT_EQ(n.fused.blocks().size(), n.cached->blocks().size());
  for (size_t i = 0; i < n.fused.blocks().size(); ++i) {
    EXPECT_EQ(n.fused.blocks()[i].name, n.cached->blocks()[i].name);
    EXPECT_EQ(n.fused.blocks()[i].flops_per_row, n.cached->blocks()[i].flops_per_row);
  }
  EXPECT_EQ(n.fused.fixed_flops().per_chunk, n.cached->fixed_flops().per_chunk);
  EXPECT_EQ(n.fused.fixed_flops().per_step, n.cached->fixed_flops().per_step);
}

// What embeds, encodes and predicts never rounds what it looks at.
class FusedEnds : public testing::TestWithParam<Factors> {};

// The cached denoiser keeps them as [layers, B, S, keys of all heads then values].
TEST_P(FusedEnds, EncodeKeysAndValuesHeadByHead) {
  const Networks n(9, GetParam());
  const PolicyConfig& c = n.fused.config();
  const at::Tensor observations = at::randn({3, c.observation_steps, c.observation_size});
  const at::Tensor expected = n.cached->Encode(observations)
                                  .memory.narrow(2, 1, c.observation_steps)
                                  .unflatten(3, {2, c.heads, c.head_width()})
                                  .permute({1, 2, 0, 4, 3, 5})
                                  .contiguous();
  for (const int members : {1, 2, 5}) {
    FusedScratch scratch(c, 3, members);
    OnTeam(members, [&](const TeamMember& member) {
      n.fused.Encode(observations.data_ptr<float>(), 3, scratch, member);
    });
    const at::Tensor memory = at::from_blob(scratch.memory.data(), expected.sizes(), at::kFloat);
    EXPECT_LE(MaxDifference(memory, expected), kRounding) << members;
  }
}

TEST_P(FusedEnds, EmbedSamplesAndPredictNoise) {
  const Networks n(9, GetParam());
  const PolicyConfig& c = n.fused.config();
  const at::Tensor sample = at::randn({2, 9, c.action_size});
  const at::Tensor expected = n.network.Embed(sample);
  at::Tensor stream = at::empty({2, 9, c.width});
  FusedScratch scratch(c, 2, 2);
  OnTeam(2, [&](const TeamMember& member) {
    const Share own = member.ShareOf(18);
    n.fused.Embed(sample.data_ptr<float>(), own, stream.data_ptr<float>());
    n.fused.Predict(stream.data_ptr<float>(), own, scratch, member);
  });
  EXPECT_LE(MaxDifference(stream, expected), kRounding);
  const at::Tensor predicted =
      at::from_blob(scratch.predicted.data(), {2, 9, n.fused.predicted_stride()}, at::kFloat)
          .narrow(2, 0, c.action_size);
  EXPECT_LE(MaxDifference(predicted, n.network.Head(expected)), kRounding);
}

INSTANTIATE_TEST_SUITE_P(All, FusedEnds, testing::Values(Factors::kFloat32, Factors::kBfloat16),
                         [](const auto& info) {
                           return info.param == Factors::kFloat32 ? "float32" : "bf16";
                         });

TEST(FusedNetwork, RefusesWidthsThatDoNotFitTheKernels) {
  PolicyConfig config = TinyConfig();
  EXPECT_TRUE(FusedNetwork::Fits(config));
  config.width = 24;
  EXPECT_FALSE(FusedNetwork::Fits(config));
  const Policy policy = RandomPolicy(config, 1);
  const DpTransformer network(policy.config, policy.weights);
  try {
    FusedNetwork(network, Factors::kFloat32, BestKernels());
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("width 24 with 4 heads"), std::string::npos);
  }
}

}  // namespace
}  // namespace sagbench
