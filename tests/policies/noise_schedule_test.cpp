#include "policies/noise_schedule.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/policies/golden.h"

namespace sagbench {
namespace {

TEST(NoiseSchedule, BetasAndProductsMatchDiffusers) {
  const Golden golden("sampler_tiny");
  const NoiseSchedule schedule(100);
  EXPECT_LE(MaxDifference(at::tensor(schedule.betas()), golden.Get("betas")), 0.0);
  EXPECT_LE(MaxDifference(at::tensor(schedule.alphas_cumprod()), golden.Get("alphas_cumprod")),
            1e-6);
}

TEST(NoiseSchedule, AddedNoiseMatchesDiffusers) {
  const Golden golden("sampler_tiny");
  const at::Tensor noisy = NoiseSchedule(100).AddNoise(golden.Get("unit/add_noise_x0"),
                                                       golden.Get("unit/noise"), at::arange(100));
  EXPECT_LE(MaxDifference(noisy, golden.Get("unit/add_noise")), 1e-6);
}

TEST(NoiseSchedule, CleanEstimateMatchesDiffusers) {
  const Golden golden("sampler_tiny");
  const NoiseSchedule schedule(100);
  for (int t = 0; t < 100; ++t) {
    const at::Tensor clean =
        schedule.CleanEstimate(t, golden.Get("unit/x")[t], golden.Get("unit/eps")[t]);
    EXPECT_LE(MaxDifference(clean, golden.Get("unit/x0")[t]), 1e-6) << t;
  }
}

TEST(LeadingTimesteps, AreEvenAndEndAtZero) {
  EXPECT_EQ(LeadingTimesteps(100, 4), (std::vector<int>{75, 50, 25, 0}));
  EXPECT_EQ(LeadingTimesteps(100, 30).front(), 87);
  EXPECT_THROW(LeadingTimesteps(100, 0), Error);
  EXPECT_THROW(LeadingTimesteps(100, 101), Error);
}

}  // namespace
}  // namespace sagbench
