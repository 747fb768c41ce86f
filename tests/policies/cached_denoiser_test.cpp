#include <gtest/gtest.h>

#include "policies/aten.h"
#include "policies/checkpoint.h"
#include "policies/denoiser.h"
#include "tests/policies/denoiser_golden.h"

namespace sagbench {
namespace {

constexpr MakeDenoiser kMake = [](const DpTransformer& network) {
  return MakeCachedDenoiser(network);
};

TEST(CachedDenoiser, MatchesTheOriginalOnTiny) {
  ExpectMatchesGolden("network_tiny", kMake);
}

TEST(CachedDenoiser, MatchesTheOriginalOnPusht) {
  ExpectMatchesGolden("network_pusht", kMake);
}

TEST(CachedDenoiser, MatchesTheOriginalOnLift) {
  ExpectMatchesGolden("network_lift", kMake);
}

TEST(CachedDenoiser, RowsOfABatchAgree) {
  ExpectRowsAgree(kMake);
}

// Rounded to 8 bits, residuals stay near.
TEST(CachedDenoiser, Bfloat16ProductsAreNear) {
  const Policy policy = RandomPolicy(PolicyConfig{}, 1);
  const DpTransformer network(policy.config, policy.weights);
  const auto exact = MakeCachedDenoiser(network),
             rounded = MakeCachedDenoiser(network, at::kBFloat16);
  const at::Tensor observations = at::randn({2, 2, policy.config.observation_size});
  const at::Tensor sample = at::randn({2, policy.config.horizon, policy.config.action_size});
  const Encoded encoded = exact->Encode(observations);
  const StepState step = exact->Begin(sample, 50, encoded);
  for (int block = 0; block < static_cast<int>(exact->blocks().size()); ++block) {
    const at::Tensor expected = exact->Residual(block, step.stream, step, {});
    const at::Tensor actual = rounded->Residual(block, step.stream, step, {});
    EXPECT_EQ(actual.scalar_type(), at::kFloat);
    const double error = (actual - expected).abs().max().item<double>();
    EXPECT_GT(error, 0.0);
    EXPECT_LT(error, 0.02 * expected.abs().max().item<double>()) << exact->blocks()[block].name;
  }
}

}  // namespace
}  // namespace sagbench
