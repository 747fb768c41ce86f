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

TEST(SpacedTimesteps, LeadingOnesAreEvenAndEndAtZero) {
  EXPECT_EQ(SpacedTimesteps(100, 4, Spacing::kLeading), (std::vector<int>{75, 50, 25, 0}));
  EXPECT_EQ(SpacedTimesteps(100, 30, Spacing::kLeading).front(), 87);
  EXPECT_THROW(SpacedTimesteps(100, 0, Spacing::kLeading), Error);
  EXPECT_THROW(SpacedTimesteps(100, 101, Spacing::kTrailing), Error);
}

// numpy: (round(arange(100, 0, -100 / K)) - 1), as diffusers' "trailing".
TEST(SpacedTimesteps, TrailingOnesBeginAtTheLast) {
  EXPECT_EQ(SpacedTimesteps(100, 4, Spacing::kTrailing), (std::vector<int>{99, 74, 49, 24}));
  EXPECT_EQ(SpacedTimesteps(100, 3, Spacing::kTrailing), (std::vector<int>{99, 66, 32}));
  EXPECT_EQ(SpacedTimesteps(100, 8, Spacing::kTrailing),
            (std::vector<int>{99, 87, 74, 61, 49, 37, 24, 11}));  // 87.5 and 62.5 to even
  EXPECT_EQ(SpacedTimesteps(100, 100, Spacing::kTrailing),
            SpacedTimesteps(100, 100, Spacing::kLeading));
}

TEST(NextTimesteps, EndClean) {
  EXPECT_EQ(NextTimesteps({75, 50, 25, 0}), (std::vector<int>{50, 25, 0, -1}));
}

}  // namespace
}  // namespace sagbench
