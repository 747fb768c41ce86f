#include "schedulers/dense_residuals.h"

#include <gtest/gtest.h>

#include "policies/aten.h"
#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

TEST(DenseResiduals, AreOneAStepAndBlockAndThoseOfARowAlone) {
  const Policy policy = TinyPolicy();
  const auto run = [&](const std::vector<uint64_t>& rows) {
    return DenseResiduals(policy, Samplers().Choose("ddpm:steps=5"),
                          SampleObservations(policy.config, rows),
                          SampleNoise(policy.config, rows));
  };
  const std::vector<at::Tensor> three = run(FirstRows(3)), alone = run({1});
  ASSERT_EQ(three.size(), 6U);
  for (size_t block = 0; block < three.size(); ++block) {
    EXPECT_EQ(three[block].sizes(), (std::vector<int64_t>{3, 5, 9 * policy.config.width}));
    EXPECT_LE(MaxDifference(three[block][1], alone[block][0]), 1e-4);
    EXPECT_GT(three[block].abs().max().item<double>(), 0.0);
  }
  EXPECT_GT(MaxDifference(three[0].select(1, 0), three[0].select(1, 4)), 1e-3);
}

// A step starts from what the sampler makes of the step before.
TEST(DenseSamples, AreTheChainThatEndsInTheDenseActions) {
  const Policy policy = TinyPolicy();
  const SamplerRegistry::Choice choice = Samplers().Choose("ddim:steps=5");
  const at::Tensor observations = SampleObservations(policy.config, FirstRows(2));
  const NoiseSource noise = SampleNoise(policy.config, FirstRows(2));
  const at::Tensor samples = DenseSamples(policy, choice, observations, noise);
  const int64_t tokens = policy.config.executed_tokens();
  EXPECT_EQ(samples.sizes(), (std::vector<int64_t>{2, 5, tokens, policy.config.action_size}));
  const at::Tensor start = noise(NoiseKey::kInitialSample).narrow(1, 0, tokens);
  EXPECT_TRUE(at::equal(samples.select(1, 0), start));
  const std::unique_ptr<Sampler> sampler = choice.Make(NoiseSchedule(policy.config.train_steps));
  const DpTransformer network(policy.config, policy.weights);
  const at::Tensor seen = policy.observation_normalizer.Normalize(observations);
  for (int step = 0; step + 1 < 5; ++step) {
    const at::Tensor now = samples.select(1, step);
    const at::Tensor predicted =
        network.Forward(now, at::full({2}, sampler->timesteps()[step]), seen);
    EXPECT_LE(MaxDifference(sampler->Step(step, now, predicted, {}), samples.select(1, step + 1)),
              1e-4);
  }
}

}  // namespace
}  // namespace sagbench
