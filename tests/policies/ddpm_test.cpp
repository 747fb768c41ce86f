#include <gtest/gtest.h>

#include "core/error.h"
#include "policies/sampler.h"
#include "tests/policies/golden.h"

namespace sagbench {
namespace {

TEST(Ddpm, SingleStepsMatchDiffusersAtEveryTimestep) {
  const Golden golden("sampler_tiny");
  const std::unique_ptr<Sampler> sampler = Samplers().Choose("ddpm").Make(NoiseSchedule(100));
  for (int i = 0; i < 100; ++i) {
    const int64_t t = sampler->timesteps()[i];
    const at::Tensor next = sampler->Step(i, golden.Get("unit/x")[t], golden.Get("unit/eps")[t],
                                          golden.Get("unit/noise")[t]);
    EXPECT_LE(MaxDifference(next, golden.Get("unit/prev")[t]), 1e-6) << "t " << t;
  }
}

TEST(Ddpm, DrawsNoiseAtEveryStepButTheLast) {
  const std::unique_ptr<Sampler> sampler =
      Samplers().Choose("ddpm:steps=10").Make(NoiseSchedule(100));
  for (int i = 0; i < 9; ++i) EXPECT_TRUE(sampler->NeedsNoise(i));
  EXPECT_FALSE(sampler->NeedsNoise(9));
}

TEST(Ddpm, NoiseIsAShareOfTheSteps) {
  const auto sampler = [](const char* name) {
    return Samplers().Choose(name).Make(NoiseSchedule(100));
  };
  const auto paper = sampler("ddpm"), cooler = sampler("ddpm:noise=0.5"),
             none = sampler("ddpm:noise=0");
  for (int i = 0; i < 100; ++i) {
    EXPECT_FLOAT_EQ(cooler->Coefficients(i).sigma, 0.5F * paper->Coefficients(i).sigma);
    EXPECT_EQ(cooler->Coefficients(i).clean, paper->Coefficients(i).clean);
    EXPECT_EQ(cooler->Coefficients(i).sample, paper->Coefficients(i).sample);
    EXPECT_FALSE(none->NeedsNoise(i));
  }
  EXPECT_THROW(Samplers().Choose("ddpm:noise=-1"), Error);
}

}  // namespace
}  // namespace sagbench
