#include "schedulers/l2c_router.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "policies/aten.h"
#include "schedulers/dense_residuals.h"
#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

class L2cRouterTest : public testing::Test {
 protected:
  L2cRouterTest()
      : network_(DpTransformer(policy_.config, policy_.weights)
                     .Prefix(static_cast<int>(policy_.config.executed_tokens()))) {}

  L2cChains Chains(const std::string& name) const {
    const SamplerRegistry::Choice choice = Samplers().Choose(name);
    const at::Tensor observations = SampleObservations(policy_.config, FirstRows(4));
    const std::unique_ptr<Sampler> sampler = choice.Make(NoiseSchedule(policy_.config.train_steps));
    return {.observations = policy_.observation_normalizer.Normalize(observations),
            .samples = DenseSamples(policy_, choice, observations,
                                    SampleNoise(policy_.config, FirstRows(4))),
            .timesteps = {sampler->timesteps().begin(), sampler->timesteps().end()}};
  }
  at::Tensor Trained(const L2cSettings& settings) const {
    L2cRouter router(network_, Chains("ddim:steps=6"), settings);
    for (int64_t i = 0; i < settings.iterations; ++i) router.Step();
    return router.Probabilities();
  }

  const Policy policy_ = TinyPolicy();
  const DpTransformer network_;
};

TEST_F(L2cRouterTest, WhatComputingCostsDecides) {
  const L2cSettings free{.penalty = 0.0, .iterations = 40};
  const L2cSettings dear{.penalty = 1e3, .iterations = 40};
  const at::Tensor computed = Trained(free), skipped = Trained(dear);
  EXPECT_EQ(computed.sizes(), (std::vector<int64_t>{3, 6}));
  EXPECT_GT(computed.mean().item<double>(), 0.6);
  EXPECT_LT(skipped.max().item<double>(), 0.1);
}

// With p = 1 everywhere the routed pass is the full one; learning without a penalty goes there.
TEST_F(L2cRouterTest, TheErrorFallsWithoutAPenalty) {
  L2cRouter router(network_, Chains("ddim:steps=6"), {.penalty = 0.0, .iterations = 80});
  const double before = router.Step().error;
  double after = before;
  for (int i = 0; i < 80; ++i) after = router.Step().error;
  EXPECT_LT(after, before / 4);
}

TEST_F(L2cRouterTest, IsAFunctionOfItsSeed) {
  const L2cSettings settings{.iterations = 5, .seed = 3};
  EXPECT_TRUE(at::equal(Trained(settings), Trained(settings)));
  EXPECT_FALSE(at::equal(Trained(settings), Trained({.iterations = 5, .seed = 4})));
}

TEST_F(L2cRouterTest, OneStepIsNoPair) {
  EXPECT_THROW(L2cRouter(network_, Chains("single"), {}), Error);
}

}  // namespace
}  // namespace sagbench
