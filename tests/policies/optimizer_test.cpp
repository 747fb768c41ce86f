#include "policies/optimizer.h"

#include <gtest/gtest.h>

#include "tests/policies/golden.h"

namespace sagbench {
namespace {

TEST(LearningRateFactor, MatchesTheOriginal) {
  const Golden golden("misc");
  const std::vector<int64_t> steps = golden.file().Integers("lr/step");
  const std::vector<double> factors = golden.file().Doubles("lr/factor");
  const nlohmann::json& lr = golden.metadata().at("lr");
  for (size_t i = 0; i < steps.size(); ++i) {
    EXPECT_NEAR(LearningRateFactor(steps[i], lr.at("warmup"), lr.at("total")), factors[i], 1e-6);
  }
}

TEST(EmaDecay, MatchesTheOriginal) {
  const Golden golden("misc");
  const std::vector<int64_t> steps = golden.file().Integers("ema/optimization_step");
  const std::vector<double> decays = golden.file().Doubles("ema/decay");
  for (size_t i = 0; i < steps.size(); ++i) EXPECT_NEAR(EmaDecay(steps[i]), decays[i], 1e-9);
}

// The mean over the root of the mean square of equal gradients is their sign.
TEST(AdamStep, GoesByTheLearningRateWhileTheGradientStays) {
  at::Tensor value = at::ones({2}), first = at::zeros({2}), second = at::zeros({2});
  const at::Tensor gradient = at::tensor({0.5F, -3.0F});
  for (int64_t count = 1; count <= 3; ++count) {
    AdamStep(value, gradient, 0.1, count, first, second);
    EXPECT_NEAR(value[0].item<double>(), 1.0 - 0.1 * static_cast<double>(count), 1e-5);
    EXPECT_NEAR(value[1].item<double>(), 1.0 + 0.1 * static_cast<double>(count), 1e-5);
  }
}

TEST(Optimizer, RestoredStateGoesOnIdentically) {
  PolicyConfig config;
  config.layers = 1;
  config.width = 32;
  const auto train = [&config](int stop_at) {
    TransformerWeights weights = InitialWeights(config, 1);
    TransformerWeights average = CloneWeights(config, weights);
    auto parameters = NamedParameters(config, weights);
    auto first = std::make_unique<Optimizer>(OptimizerSettings{.warmup = 1, .total_steps = 10},
                                             parameters, NamedParameters(config, average));
    for (int step = 0; step < 6; ++step) {
      if (step == stop_at) {
        auto second = std::make_unique<Optimizer>(OptimizerSettings{.warmup = 1, .total_steps = 10},
                                                  parameters, NamedParameters(config, average));
        second->Restore(first->steps(), first->first_moments(), first->second_moments());
        first = std::move(second);
      }
      for (auto& p : parameters) p.tensor->mutable_grad() = *p.tensor * 0.1 + step;
      first->Step();
    }
    return weights.head.weight.clone();
  };
  EXPECT_TRUE(at::equal(train(-1), train(3)));
}

}  // namespace
}  // namespace sagbench
