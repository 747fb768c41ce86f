#include "policies/normalizer.h"

#include <gtest/gtest.h>

#include "tests/policies/golden.h"

namespace sagbench {
namespace {

TEST(FitLimits, MatchesTheOriginal) {
  const Golden golden("misc");
  for (const std::string part : {"limits/obs/", "limits/action/"}) {
    const at::Tensor data = golden.Get(part + "data");
    const LinearNormalizer normalizer = FitLimits(data);
    EXPECT_LE(MaxDifference(normalizer.scale / golden.Get(part + "scale"), at::ones({1})), 1e-6);
    EXPECT_LE(MaxDifference(normalizer.Normalize(data), golden.Get(part + "normalized")), 1e-6);
    EXPECT_LE(MaxDifference(normalizer.Unnormalize(normalizer.Normalize(data)), data), 1e-4);
  }
}

TEST(FitLimits, LeavesAConstantDimensionAlone) {
  const LinearNormalizer normalizer = FitLimits(at::full({3, 1}, 7.0));
  EXPECT_EQ(normalizer.scale.item<float>(), 1.0F);
  EXPECT_EQ(normalizer.Normalize(at::full({1}, 7.0)).item<float>(), 0.0F);
}

TEST(FitGlobalScale, MatchesTheOriginal) {
  const Golden golden("misc");
  const at::Tensor data = golden.Get("robomimic/obs");
  const LinearNormalizer normalizer = FitGlobalScale(data);
  EXPECT_LE(MaxDifference(normalizer.Normalize(data), golden.Get("robomimic/obs_normalized")),
            1e-6);
}

TEST(FitGlobalScale, LeavesZerosAlone) {
  const LinearNormalizer normalizer = FitGlobalScale(at::zeros({3, 2}));
  EXPECT_TRUE(at::equal(normalizer.scale, at::ones({2})));
}

TEST(FitPositionLimits, MatchesTheOriginal) {
  const Golden golden("misc");
  const at::Tensor data = golden.Get("robomimic/action");
  const LinearNormalizer normalizer = FitPositionLimits(data);
  EXPECT_LE(MaxDifference(normalizer.Normalize(data), golden.Get("robomimic/action_normalized")),
            1e-6);
}

}  // namespace
}  // namespace sagbench
