#include <gtest/gtest.h>

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

}  // namespace
}  // namespace sagbench
