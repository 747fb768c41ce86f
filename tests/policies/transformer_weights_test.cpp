#include "policies/transformer_weights.h"

#include <gtest/gtest.h>

#include "tests/policies/golden.h"

namespace sagbench {
namespace {

TEST(ParameterCount, MatchesThePublishedConfigurations) {
  PolicyConfig config;
  EXPECT_EQ(ParameterCount(config), 8965122);
  config.horizon = 10;
  config.action_size = 10;
  config.observation_size = 19;
  EXPECT_EQ(ParameterCount(config), 8967434);
  config.observation_size = 23;
  EXPECT_EQ(ParameterCount(config), 8968458);
}

TEST(NamedParameters, FollowTheOriginalsOrderAndShapes) {
  const Golden golden("network_pusht");
  const PolicyConfig config = ConfigOf(golden.metadata().at("config"));
  TransformerWeights weights;
  const std::vector<NamedParameter> parameters = NamedParameters(config, weights);
  const nlohmann::json& table = golden.metadata().at("fill_table");
  ASSERT_EQ(parameters.size(), table.size());
  for (size_t p = 0; p < parameters.size(); ++p) {
    EXPECT_EQ(parameters[p].name, table[p][1].get<std::string>());
    EXPECT_EQ(parameters[p].shape, table[p][2].get<std::vector<int64_t>>());
  }
}

TEST(FilledWeights, SumsMatchTheGoldenOnes) {
  const Golden golden("network_pusht");
  const DpTransformer network = GoldenNetwork(golden);
  TransformerWeights weights = network.weights();
  for (const NamedParameter& p : NamedParameters(network.config(), weights)) {
    const double expected = golden.metadata().at("weight_sums_f64").at(p.name).get<double>();
    EXPECT_NEAR(p.tensor->to(at::kDouble).sum().item<double>(), expected, 1e-6) << p.name;
  }
}

TEST(InitialWeights, AreAFunctionOfTheSeed) {
  PolicyConfig config;
  config.layers = 2;
  config.width = 64;
  TransformerWeights a = InitialWeights(config, 1);
  TransformerWeights b = InitialWeights(config, 1);
  TransformerWeights c = InitialWeights(config, 2);
  EXPECT_TRUE(at::equal(a.layers[1].ff_in.weight, b.layers[1].ff_in.weight));
  EXPECT_FALSE(at::equal(a.layers[1].ff_in.weight, c.layers[1].ff_in.weight));
  EXPECT_FALSE(at::equal(a.layers[0].ff_in.weight, a.layers[1].ff_in.weight));
  EXPECT_NEAR(a.layers[0].ff_in.weight.std().item<double>(), 0.02, 0.001);
  EXPECT_EQ(a.layers[0].ff_in.bias.abs().max().item<float>(), 0.0F);
  EXPECT_EQ(a.ln_f.weight.min().item<float>(), 1.0F);
}

TEST(CloneWeights, SharesNothing) {
  PolicyConfig config;
  config.layers = 1;
  config.width = 32;
  TransformerWeights weights = InitialWeights(config, 1);
  TransformerWeights clone = CloneWeights(config, weights);
  weights.head.weight.zero_();
  EXPECT_NE(clone.head.weight.abs().max().item<float>(), 0.0F);
}

}  // namespace
}  // namespace sagbench
