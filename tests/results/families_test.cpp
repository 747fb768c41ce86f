#include "results/families.h"

#include <gtest/gtest.h>

namespace sagbench {
namespace {

// statsmodels: multipletests([.01, .04, .03, .005, .2], method="holm"), which is 3 x .01, 2 x .03,
// 1 x .04 raised to the one before, 4... by hand: 5 x .005 = .025, 4 x .01 = .04, 3 x .03 = .09,
// 2 x .04 = .08 raised to .09, .2.
TEST(Families, HolmMultipliesByTheTestsLeftAndNeverFalls) {
  const std::vector<double> adjusted = HolmAdjusted({.01, .04, .03, .005, .2});
  const std::vector<double> expected = {.04, .09, .09, .025, .2};
  ASSERT_EQ(adjusted.size(), expected.size());
  for (size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(adjusted[i], expected[i], 1e-15);
}

TEST(Families, HolmStaysAProbability) {
  EXPECT_EQ(HolmAdjusted({}), std::vector<double>{});
  EXPECT_EQ(HolmAdjusted({.03}), std::vector<double>{.03});
  EXPECT_EQ(HolmAdjusted({.6, .7}), (std::vector<double>{1.0, 1.0}));
}

}  // namespace
}  // namespace sagbench
