#include "results/exact_intervals.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "core/noise.h"

namespace sagbench {
namespace {

// scipy 1.17.1: special.betainc(a, b, x).
TEST(ExactIntervals, IncompleteBetaIsScipys) {
  struct Case {
    double x, a, b, expected;
  };
  for (const Case& c :
       {Case{0.1, 1, 1, 0.1}, Case{0.5, 2, 3, 0.6875}, Case{0.9, 30, 4, 0.5769436641256929},
        Case{0.01, 0.5, 0.5, 0.06376856085851985}, Case{0.3, 200, 400, 0.03974014158348622},
        Case{0.95, 1000, 50, 0.3445098229915556}, Case{0.0, 2, 3, 0.0}, Case{1.0, 2, 3, 1.0}}) {
    EXPECT_NEAR(IncompleteBeta(c.x, c.a, c.b), c.expected, 1e-12) << c.x << " " << c.a;
  }
}

// scipy 1.17.1: stats.binom.cdf(k, n, p).
TEST(ExactIntervals, BinomialCdfIsScipys) {
  EXPECT_NEAR(BinomialCdf(0, 10, 0.1), 0.3486784400999999, 1e-12);
  EXPECT_NEAR(BinomialCdf(3, 10, 0.5), 0.171875, 1e-12);
  EXPECT_NEAR(BinomialCdf(99, 200, 0.5), 0.4718257604953717, 1e-12);
  EXPECT_NEAR(BinomialCdf(185, 200, 0.9), 0.9070538205008962, 1e-12);
  EXPECT_NEAR(BinomialCdf(4900, 10000, 0.5), 0.02329276385247323, 1e-12);
  EXPECT_EQ(BinomialCdf(-1, 10, 0.5), 0.0);
  EXPECT_EQ(BinomialCdf(10, 10, 0.5), 1.0);
}

// scipy 1.17.1: stats.binomtest(k, n).proportion_ci(.95, "exact").
TEST(ExactIntervals, ClopperPearsonIsScipys) {
  struct Case {
    int64_t k, n;
    double lo, hi;
  };
  for (const Case& c :
       {Case{0, 1, 0, 0.975}, Case{0, 50, 0, 0.0711217364642046},
        Case{1, 50, 0.000506227983115235, 0.106469545711501},
        Case{41, 50, 0.685630588714413, 0.914237921890336}, Case{50, 50, 0.928878263535795, 1},
        Case{80, 100, 0.708157310911372, 0.873344447898044},
        Case{495, 1000, 0.463565475920094, 0.526464038685034},
        Case{7, 10, 0.347547149939992, 0.933260488822266},
        Case{199, 200, 0.972458101542442, 0.99987341897199}}) {
    EXPECT_NEAR(ClopperPearsonInterval(c.k, c.n).lo, c.lo, 1e-11) << c.k << " of " << c.n;
    EXPECT_NEAR(ClopperPearsonInterval(c.k, c.n).hi, c.hi, 1e-11) << c.k << " of " << c.n;
  }
  EXPECT_EQ(ClopperPearsonInterval(0, 0).hi, 1.0);
}

// scipy 1.17.1: stats.quantile_test(range(1, n + 1), p=q).confidence_interval(.95), where it is
// finite; the values here are their own ranks, in another order.
TEST(ExactIntervals, QuantileIntervalIsScipys) {
  struct Case {
    int64_t n;
    double q, lo, hi;
  };
  for (const Case& c : {Case{20, 0.5, 6, 15}, Case{200, 0.5, 86, 115}, Case{200, 0.9, 171, 189},
                        Case{1000, 0.99, 983, 997}, Case{36, 0.9, 29, 36}}) {
    std::vector<double> values(static_cast<size_t>(c.n));
    std::iota(values.rbegin(), values.rend(), 1.0);
    const std::optional<Interval> interval = QuantileInterval(values, c.q);
    ASSERT_TRUE(interval.has_value()) << c.n << " " << c.q;
    EXPECT_EQ(interval->lo, c.lo);
    EXPECT_EQ(interval->hi, c.hi);
  }
}

TEST(ExactIntervals, QuantileIntervalNeedsValuesBeyondTheQuantile) {
  const auto has_interval = [](size_t n, double q) {
    return QuantileInterval(std::vector<double>(n, 1.0), q).has_value();
  };
  EXPECT_FALSE(has_interval(0, 0.5));
  EXPECT_FALSE(has_interval(5, 0.5));
  EXPECT_TRUE(has_interval(6, 0.5));
  EXPECT_FALSE(has_interval(35, 0.9));
  EXPECT_FALSE(has_interval(200, 0.99));
  EXPECT_FALSE(has_interval(10, 0.25));
}

TEST(ExactIntervals, QuantileIntervalIsThatOfTheMedian) {
  std::vector<double> values(101);
  CounterRandom random({.run_seed = 3});
  for (double& value : values) value = random.Uniform();
  EXPECT_EQ(QuantileInterval(values, 0.5)->lo, MedianInterval(values)->lo);
  EXPECT_EQ(QuantileInterval(values, 0.5)->hi, MedianInterval(values)->hi);
}

}  // namespace
}  // namespace sagbench
