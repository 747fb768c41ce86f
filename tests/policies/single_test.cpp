#include <gtest/gtest.h>

#include "core/error.h"
#include "policies/aten.h"
#include "policies/sampler.h"
#include "tests/policies/golden.h"

namespace sagbench {
namespace {

TEST(Single, EvaluatesAZeroSampleOnceAndKeepsTheClampedEstimate) {
  const NoiseSchedule schedule(100);
  const std::unique_ptr<Sampler> sampler = Samplers().Choose("single").Make(schedule);
  ASSERT_EQ(sampler->timesteps().size(), 1U);
  EXPECT_EQ(sampler->timesteps()[0], 49);
  EXPECT_FALSE(sampler->NeedsNoise(0));
  const at::Tensor start = sampler->Start(at::ones({2, 3, 1}));
  EXPECT_TRUE(at::equal(start, at::zeros({2, 3, 1})));
  const at::Tensor predicted = at::tensor({-3.0F, 0.1F, 3.0F}).view({1, 3, 1}).expand({2, 3, 1});
  const at::Tensor end = sampler->Step(0, start, predicted, {});
  const float abar = schedule.AlphaBar(49);
  const float middle = -std::sqrt(1.0F - abar) / std::sqrt(abar) * 0.1F;
  const at::Tensor expected = at::tensor({1.0F, middle, -1.0F}).view({1, 3, 1}).expand({2, 3, 1});
  EXPECT_LE(MaxDifference(end, expected), 1e-6);
}

TEST(Single, CleanEstimateMatchesDiffusers) {
  const Golden golden("sampler_tiny");
  for (int t = 0; t < 100; ++t) {
    const std::unique_ptr<Sampler> sampler =
        Samplers().Choose("single:t=" + std::to_string(t)).Make(NoiseSchedule(100));
    const at::Tensor clean =
        sampler->Step(0, golden.Get("unit/x")[t], golden.Get("unit/eps")[t], {});
    EXPECT_LE(MaxDifference(clean, golden.Get("unit/x0")[t]), 1e-6) << t;
  }
}

TEST(Single, RefusesATimestepThatThePolicyHasNot) {
  EXPECT_THROW(Samplers().Choose("single:t=100"), Error);
  EXPECT_THROW(Samplers().Choose("single:t=30").Make(NoiseSchedule(20)), Error);
}

TEST(Samplers, TheOthersStartFromTheNoise) {
  const at::Tensor noise = at::ones({1, 2, 3});
  for (const char* name : {"ddpm", "ddim"}) {
    EXPECT_TRUE(at::equal(Samplers().Choose(name).Make(NoiseSchedule(100))->Start(noise), noise));
  }
}

}  // namespace
}  // namespace sagbench
