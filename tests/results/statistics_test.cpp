#include "results/statistics.h"

#include <cmath>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "core/noise.h"

namespace sagbench {
namespace {

constexpr double kZ90TwoSided = 1.6448536269514722;

struct WilsonCase {
  int64_t k, n;
  double lo, hi;
};

class Wilson : public testing::TestWithParam<WilsonCase> {};

// statsmodels 0.15.0: proportion_confint(k, n, .05, "wilson").
TEST_P(Wilson, IsStatsmodels) {
  const Interval interval = WilsonInterval(GetParam().k, GetParam().n);
  EXPECT_NEAR(interval.lo, GetParam().lo, 1e-11);
  EXPECT_NEAR(interval.hi, GetParam().hi, 1e-11);
}

INSTANTIATE_TEST_SUITE_P(Statistics, Wilson,
                         testing::Values(WilsonCase{0, 1, 0.0, 0.793450685623},
                                         WilsonCase{0, 50, 0.0, 0.0713475991334},
                                         WilsonCase{1, 50, 0.00353925927165, 0.104954435896},
                                         WilsonCase{41, 50, 0.692039463257, 0.902298073298},
                                         WilsonCase{50, 50, 0.928652400867, 1.0},
                                         WilsonCase{80, 100, 0.711170834407, 0.866633066669},
                                         WilsonCase{495, 1000, 0.464090274801, 0.525947992784}));

TEST(Statistics, WilsonHoldsTheRateAndMirrors) {
  for (int64_t n = 1; n <= 30; ++n) {
    for (int64_t k = 0; k <= n; ++k) {
      const Interval interval = WilsonInterval(k, n);
      const Interval mirror = WilsonInterval(n - k, n);
      const double rate = static_cast<double>(k) / static_cast<double>(n);
      EXPECT_TRUE(interval.lo <= rate && rate <= interval.hi);
      EXPECT_TRUE(interval.lo >= 0.0 && interval.hi <= 1.0);
      EXPECT_NEAR(interval.lo, 1.0 - mirror.hi, 1e-12);
    }
  }
  EXPECT_EQ(WilsonInterval(0, 0).hi, 1.0);
}

struct PairedCase {
  int64_t b, c, pairs;
  double lo, hi, p, lo90, hi90;
};

class Paired : public testing::TestWithParam<PairedCase> {};

// p: scipy 1.17.1, binomtest(b, b + c). Interval: Tango's score statistic with its constrained
// likelihood maximised numerically and the ends found by bisection (mpmath, 40 digits), so that it
// shares no formula with the code.
TEST_P(Paired, IsScipyAndStatsmodels) {
  const PairedCase& expected = GetParam();
  const PairedOutcomes outcomes{expected.b, expected.c, expected.pairs};
  EXPECT_NEAR(TangoInterval(outcomes).lo, expected.lo, 1e-9);
  EXPECT_NEAR(TangoInterval(outcomes).hi, expected.hi, 1e-9);
  EXPECT_NEAR(TangoInterval(outcomes, kZ90TwoSided).lo, expected.lo90, 1e-9);
  EXPECT_NEAR(TangoInterval(outcomes, kZ90TwoSided).hi, expected.hi90, 1e-9);
  EXPECT_NEAR(McNemarExactP(expected.b, expected.c), expected.p, 1e-12);
}

INSTANTIATE_TEST_SUITE_P(
    Statistics, Paired,
    testing::Values(PairedCase{2, 12, 50, 0.0611124061863, 0.3447087482821, 0.012939453125,
                               0.0854743824568, 0.3204133863071},
                    PairedCase{12, 2, 50, -0.3447087482821, -0.0611124061863, 0.012939453125,
                               -0.3204133863071, -0.0854743824568},
                    PairedCase{0, 0, 50, -0.0713475991334, 0.0713475991334, 1, -0.0513331857863,
                               0.0513331857863},
                    PairedCase{0, 1, 44, -0.0593932311166, 0.1180770969821, 1, -0.0365169384181,
                               0.0956624263992},
                    PairedCase{1, 0, 44, -0.1180770969821, 0.0593932311166, 1, -0.0956624263992,
                               0.0365169384181},
                    PairedCase{5, 3, 200, -0.0443061916908, 0.0215953700995, 0.7265625,
                               -0.0375181685577, 0.0153667651868},
                    PairedCase{0, 20, 20, 0.6777496838944, 1.0, 1.9073486328125e-06,
                               0.7616843252781, 1.0},
                    PairedCase{3, 3, 10, -0.4442178090955, 0.4442178090955, 1, -0.3819723747855,
                               0.3819723747855},
                    PairedCase{10, 4, 124, -0.1153079886228, 0.0121336545672, 0.1795654296875,
                               -0.1031197227203, 0.0013616269475},
                    PairedCase{0, 0, 1, -0.7934506856228, 0.7934506856228, 1, -0.7301340512159,
                               0.7301340512159},
                    PairedCase{60, 45, 800, -0.0443471397038, 0.0064524123076, 0.1715646971542424,
                               -0.0401267797778, 0.0023441561927}));

TEST(Statistics, TangoHoldsTheDifferenceAndMirrors) {
  constexpr int64_t kPairs = 12;
  for (int64_t b = 0; b <= kPairs; ++b) {
    for (int64_t c = 0; b + c <= kPairs; ++c) {
      const PairedOutcomes outcomes{b, c, kPairs};
      const Interval interval = TangoInterval(outcomes);
      const Interval mirror = TangoInterval({c, b, kPairs});
      EXPECT_LE(interval.lo, outcomes.difference() + 1e-12);
      EXPECT_GE(interval.hi, outcomes.difference() - 1e-12);
      EXPECT_TRUE(interval.lo >= -1.0 && interval.hi <= 1.0);
      EXPECT_NEAR(interval.lo, -mirror.hi, 1e-9) << b << " " << c;
    }
  }
  EXPECT_EQ(TangoInterval({}).lo, -1.0);
}

TEST(Statistics, McNemarStandsManyPairs) {
  EXPECT_EQ(McNemarExactP(0, 0), 1.0);
  EXPECT_NEAR(McNemarExactP(5000, 5000), 1.0, 1e-9);
  // scipy 1.17.1: 2 * binom.cdf(4900, 10000, .5)
  EXPECT_NEAR(McNemarExactP(4900, 5100), 0.04658552770494645, 1e-11);
}

TEST(Statistics, VerdictNeedsEvidenceOnItsSide) {
  EXPECT_EQ(NonInferiority({0, 0, 59}, 0.05), Verdict::kNonInferior);
  EXPECT_EQ(NonInferiority({0, 0, 58}, 0.05), Verdict::kInconclusive);
  EXPECT_EQ(NonInferiority({5, 3, 200}, 0.05), Verdict::kNonInferior);
  EXPECT_EQ(NonInferiority({10, 4, 124}, 0.05), Verdict::kInconclusive);
  EXPECT_EQ(NonInferiority({12, 2, 50}, 0.05), Verdict::kInferior);
  EXPECT_EQ(NonInferiority({}, 0.05), Verdict::kInconclusive);
  EXPECT_EQ(VerdictName(Verdict::kNonInferior), "non-inferior");
}

// (z.95 + z.80)^2 d / m^2 at 5, 20 and 30 % discordance.
TEST(Statistics, PairsNeededForFivePoints) {
  EXPECT_EQ(PairedEpisodesNeeded(0.05, 0.05), 124);
  EXPECT_EQ(PairedEpisodesNeeded(0.05, 0.20), 495);
  EXPECT_EQ(PairedEpisodesNeeded(0.05, 0.30), 742);
}

// numpy.quantile([3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5], q).
TEST(Statistics, QuantilesAreNumpys) {
  const std::vector<double> values = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5};
  EXPECT_EQ(Quantile(values, 0.0), 1.0);
  EXPECT_EQ(Quantile(values, 0.1), 1.0);
  EXPECT_EQ(Median(values), 4.0);
  EXPECT_EQ(Quantile(values, 0.9), 6.0);
  EXPECT_NEAR(Quantile(values, 0.99), 8.7, 1e-12);
  EXPECT_EQ(Quantile(values, 1.0), 9.0);
  EXPECT_EQ(Median(std::vector<double>{1.0, 2.0}), 1.5);
  EXPECT_TRUE(std::isnan(Median({})));
  EXPECT_TRUE(std::isnan(Mean({})));
}

// Ranks by scipy.stats.binom: the largest r with cdf(r - 1, n, .5) <= .025.
TEST(Statistics, MedianIntervalIsAPairOfOrderStatistics) {
  EXPECT_FALSE(MedianInterval(std::vector<double>(5, 1.0)));
  for (const auto& [n, rank] : std::vector<std::pair<int, int>>{
           {6, 1}, {10, 2}, {20, 6}, {50, 18}, {200, 86}, {1000, 469}}) {
    std::vector<double> values(static_cast<size_t>(n));
    std::iota(values.rbegin(), values.rend(), 1.0);
    const auto interval = MedianInterval(values);
    ASSERT_TRUE(interval);
    EXPECT_EQ(interval->lo, rank);
    EXPECT_EQ(interval->hi, n - rank + 1);
  }
}

std::vector<double> Normals(uint64_t seed, size_t count, double mean, double deviation) {
  CounterRandom random({.run_seed = seed});
  std::vector<double> values(count);
  for (double& value : values) value = mean + deviation * random.Normal();
  return values;
}

TEST(MedianIsWithin, LooksAtBothEndsOfTheInterval) {
  const std::vector<double> few(5, 1.0), same(6, 1.0);
  EXPECT_FALSE(MedianIsWithin(few, 0.5));
  EXPECT_TRUE(MedianIsWithin(same, 0.0));
  const std::vector<double> uneven = {1.0, 1.0, 1.0, 1.0, 1.0, 1.5};
  EXPECT_FALSE(MedianIsWithin(uneven, 0.4));
  EXPECT_TRUE(MedianIsWithin(uneven, 0.5));
}

TEST(Statistics, BootstrapMeanIsNearTheNormalInterval) {
  const std::vector<double> values = Normals(1, 400, 10.0, 2.0);
  const auto interval = BootstrapMean(values, {});
  ASSERT_TRUE(interval);
  EXPECT_NEAR(interval->lo, Mean(values) - 0.196, 0.03);
  EXPECT_NEAR(interval->hi, Mean(values) + 0.196, 0.03);
}

TEST(Statistics, BootstrapsRepeatAndDependOnTheirSeed) {
  const std::vector<double> values = Normals(2, 40, 0.0, 1.0);
  EXPECT_EQ(BootstrapMean(values, {.seed = 3})->lo, BootstrapMean(values, {.seed = 3})->lo);
  EXPECT_NE(BootstrapMean(values, {.seed = 3})->lo, BootstrapMean(values, {.seed = 4})->lo);
  EXPECT_EQ(BootstrapMean(std::vector<double>(9, 0.5), {})->lo, 0.5);
  EXPECT_FALSE(BootstrapMean(std::vector<double>{1.0}, {}));
}

TEST(Statistics, BootstrapIntervalCoversTheMean) {
  int covered = 0;
  for (uint64_t trial = 0; trial < 200; ++trial) {
    const auto interval =
        BootstrapMean(Normals(trial + 10, 50, 1.0, 1.0), {.seed = trial, .resamples = 500});
    covered += interval->lo <= 1.0 && 1.0 <= interval->hi ? 1 : 0;
  }
  EXPECT_GE(covered, 180);  // 190 expected; 180 is three deviations below
}

TEST(Statistics, RatioOfMediansPairsTheBlocks) {
  // Both drift together by 3x, block by block: pairing keeps the interval narrow.
  std::vector<double> top;
  std::vector<double> bottom;
  for (int i = 0; i < 200; ++i) {
    const double drift = 1.0 + (i / 10) * 0.1;
    top.push_back(4.0 * drift);
    bottom.push_back(2.0 * drift);
  }
  const MedianRatio ratio = RatioOfMedians(top, bottom, 10, {.resamples = 1000});
  EXPECT_DOUBLE_EQ(ratio.ratio, 2.0);
  ASSERT_TRUE(ratio.ci95);
  EXPECT_NEAR(ratio.ci95->lo, 2.0, 1e-12);
  EXPECT_NEAR(ratio.ci95->hi, 2.0, 1e-12);
}

TEST(Statistics, RatioOfMediansStandsFewAndUnevenSamples) {
  const std::vector<double> five = {1, 2, 3, 4, 5};
  EXPECT_FALSE(RatioOfMedians(five, five, 5, {}).ci95);
  EXPECT_TRUE(RatioOfMedians(five, five, 2, {.resamples = 50}).ci95);
  EXPECT_TRUE(RatioOfMedians(five, std::vector<double>{1, 2, 3}, 2, {.resamples = 50}).ci95);
  EXPECT_TRUE(std::isnan(RatioOfMedians({}, {}, 4, {}).ratio));
}

}  // namespace
}  // namespace sagbench
