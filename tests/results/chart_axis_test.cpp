#include "results/chart_axis.h"

#include <gtest/gtest.h>

namespace sagbench {
namespace {

TEST(ChartAxis, LogarithmicKeepsRatios) {
  const ChartAxis axis = LogAxis({10.0, 1000.0}, 0.0, 100.0);
  EXPECT_LT(axis.low, 10.0);
  EXPECT_GT(axis.high, 1000.0);
  EXPECT_NEAR(axis.At(100.0), 50.0, 1e-9);
  EXPECT_NEAR(axis.At(1000.0) - axis.At(100.0), axis.At(100.0) - axis.At(10.0), 1e-9);
  EXPECT_EQ(axis.At(1e9), 100.0);
}

TEST(ChartAxis, OneValueAndNoneHaveAnAxis) {
  const ChartAxis one = LogAxis({660.0}, 0.0, 100.0);
  EXPECT_NEAR(one.At(660.0), 50.0, 1e-9);
  EXPECT_FALSE(Ticks(one).empty());
  EXPECT_FALSE(Ticks(LogAxis({}, 0.0, 100.0)).empty());
  EXPECT_EQ(LogAxis({0.0, -1.0}, 0.0, 1.0).low, 1.0);
}

TEST(ChartAxis, SharesReachToRoundPoints) {
  const ChartAxis axis = ShareAxis({0.42, 0.68}, 100.0, 0.0);
  EXPECT_DOUBLE_EQ(axis.low, 0.4);
  EXPECT_DOUBLE_EQ(axis.high, 0.7);
  EXPECT_EQ(axis.At(0.4), 100.0);
  EXPECT_DOUBLE_EQ(ShareAxis({1.0}, 0.0, 1.0).low, 0.8);
  EXPECT_DOUBLE_EQ(ShareAxis({0.0}, 0.0, 1.0).high, 0.2);
  EXPECT_DOUBLE_EQ(ShareAxis({}, 0.0, 1.0).high, 1.0);
}

TEST(ChartAxis, TicksAreRoundAndFew) {
  EXPECT_EQ(Ticks({.low = 9.0, .high = 110.0, .logarithmic = true}),
            (std::vector<double>{10.0, 20.0, 50.0, 100.0}));
  for (const double high : {3.0, 50.0, 1e4, 1e8}) {
    const std::vector<double> ticks = Ticks({.low = 0.9, .high = high, .logarithmic = true});
    EXPECT_GE(ticks.size(), 2U) << high;
    EXPECT_LE(ticks.size(), 9U) << high;
  }
  EXPECT_EQ(Ticks({.low = 0.0, .high = 1.0}).size(), 6U);
  EXPECT_NEAR(Ticks({.low = 0.4, .high = 0.7}).front(), 0.4, 1e-9);
  EXPECT_EQ(TickLabel(100.0), "100");
  EXPECT_EQ(TickLabel(0.5), "0.5");
}

}  // namespace
}  // namespace sagbench
