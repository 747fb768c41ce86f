#include "policies/dp_transformer.h"

#include <memory>

#include <ATen/CPUGeneratorImpl.h>
#include <fmt/core.h>
#include <gtest/gtest.h>

#include "tests/policies/golden.h"

namespace sagbench {
namespace {

class NetworkGolden : public testing::TestWithParam<const char*> {
 protected:
  NetworkGolden() : golden_(GetParam()), network_(GoldenNetwork(golden_)) {}

  double tolerance() const { return golden_.metadata().contains("fill_table") ? 5e-5 : 1e-5; }
  at::Tensor Steps(int64_t step) const {
    return at::full({golden_.Get("in/sample").size(0)}, step, at::kLong);
  }

  Golden golden_;
  DpTransformer network_;
};

TEST_P(NetworkGolden, OutputsMatchAtEveryTimestep) {
  for (const nlohmann::json& step : golden_.metadata().at("timesteps")) {
    const at::Tensor out = network_.Forward(golden_.Get("in/sample"), Steps(step.get<int64_t>()),
                                            golden_.Get("in/cond"));
    const std::string name = fmt::format("t{:03}", step.get<int>());
    EXPECT_LE(MaxDifference(out, golden_.Get("out/" + name)), tolerance()) << name;
    EXPECT_LE(MaxDifference(out, golden_.Get("out64/" + name)), tolerance()) << name;
  }
}

TEST_P(NetworkGolden, TimestepsMayDifferWithinABatch) {
  const at::Tensor out =
      network_.Forward(golden_.Get("in/sample"), golden_.Get("in/t_vec"), golden_.Get("in/cond"));
  EXPECT_LE(MaxDifference(out, golden_.Get("out/t_vec")), tolerance());
}

TEST_P(NetworkGolden, ResidualBranchesMatch) {
  const at::Tensor memory = network_.Memory(Steps(37), golden_.Get("in/cond"));
  EXPECT_LE(MaxDifference(memory, golden_.Get("t037/memory")), tolerance());
  at::Tensor stream = network_.Embed(golden_.Get("in/sample"));
  EXPECT_LE(MaxDifference(stream, golden_.Get("t037/x0")), tolerance());
  for (int layer = 0; layer < network_.config().layers; ++layer) {
    const std::string prefix = fmt::format("t037/branch/{}/", layer);
    at::Tensor branch = network_.SelfAttention(layer, stream);
    EXPECT_LE(MaxDifference(branch, golden_.Get(prefix + "sa")), tolerance()) << prefix;
    stream = stream + branch;
    branch = network_.CrossAttention(layer, stream, memory);
    EXPECT_LE(MaxDifference(branch, golden_.Get(prefix + "ca")), tolerance()) << prefix;
    stream = stream + branch;
    branch = network_.FeedForward(layer, stream);
    EXPECT_LE(MaxDifference(branch, golden_.Get(prefix + "ffn")), tolerance()) << prefix;
    stream = stream + branch;
  }
  EXPECT_LE(MaxDifference(stream, golden_.Get("t037/x_final")), tolerance());
}

TEST_P(NetworkGolden, LaterTokensInfluenceNoEarlierOnes) {
  const at::Tensor sample = golden_.Get("in/sample");
  const at::Tensor expected = golden_.Get("out/t037");
  for (int tokens = 1; tokens <= network_.config().horizon; ++tokens) {
    const at::Tensor start = sample.narrow(1, 0, tokens);
    const at::Tensor whole = network_.Forward(start, Steps(37), golden_.Get("in/cond"));
    EXPECT_LE(MaxDifference(whole, expected.narrow(1, 0, tokens)), tolerance()) << tokens;
    const DpTransformer prefix = network_.Prefix(tokens);
    EXPECT_EQ(prefix.config().horizon, tokens);
    EXPECT_TRUE(at::equal(prefix.Forward(start, Steps(37), golden_.Get("in/cond")), whole));
  }
}

INSTANTIATE_TEST_SUITE_P(Sets, NetworkGolden,
                         testing::Values("network_tiny", "network_pusht", "network_lift"));

TEST(TimeEmbedding, MatchesTheOriginalForAllSteps) {
  const Golden golden("network_tiny");
  const at::Tensor expected = golden.Get("time_emb");
  const at::Tensor embedded =
      TimeEmbedding(at::arange(expected.size(0)), static_cast<int>(expected.size(1)));
  EXPECT_LE(MaxDifference(embedded, expected), 1e-6);
}

TEST(Masks, FirstQueryDoesNotSeeTheCurrentObservation) {
  PolicyConfig config;
  const at::Tensor mask = MemoryMask(config);
  EXPECT_EQ(mask.sizes().vec(), (std::vector<int64_t>{16, 3}));
  EXPECT_TRUE(at::isinf(mask[0][2]).item<bool>());
  EXPECT_EQ(at::isinf(mask).sum().item<int64_t>(), 1);
  EXPECT_EQ(at::isinf(SelfMask(config)).sum().item<int64_t>(), 16 * 15 / 2);
}

DpTransformer NarrowNetwork() {
  PolicyConfig config;
  config.layers = 1;
  config.width = 32;
  return {config, InitialWeights(config, 1)};
}

TEST(Dropout, ChangesTheOutputAndZeroDoesNot) {
  DpTransformer network = NarrowNetwork();
  const at::Tensor sample = at::randn({2, 16, 2});
  const at::Tensor cond = at::randn({2, 2, 20});
  const at::Tensor steps = at::zeros({2}, at::kLong);
  const at::Tensor plain = network.Forward(sample, steps, cond);
  EXPECT_TRUE(at::equal(plain, network.Forward(sample, steps, cond)));
  network.set_dropout({.embedding = 0.0, .attention = 0.5});
  EXPECT_FALSE(at::equal(plain, network.Forward(sample, steps, cond)));
}

TEST(Dropout, KeepsTheMeanWithAGeneratorOfItsOwn) {
  DpTransformer network = NarrowNetwork();
  const at::Tensor sample = at::randn({1, 16, 2});
  const at::Tensor plain = network.Embed(sample);
  network.set_dropout({.embedding = 0.25, .attention = 0.0},
                      std::make_shared<at::Generator>(at::detail::createCPUGenerator(7)));
  at::Tensor mean = at::zeros_like(plain);
  constexpr int kDraws = 2000;
  int64_t dropped = 0;
  for (int i = 0; i < kDraws; ++i) {
    const at::Tensor drawn = network.Embed(sample);
    dropped += (drawn == 0.0).sum().item<int64_t>();
    mean += drawn / kDraws;
  }
  EXPECT_NEAR(static_cast<double>(dropped) / static_cast<double>(kDraws * plain.numel()), 0.25,
              0.003);
  EXPECT_LE(MaxDifference(mean, plain), 0.08 * plain.abs().max().item<double>());
}

}  // namespace
}  // namespace sagbench
