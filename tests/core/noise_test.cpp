#include "core/noise.h"

#include <cmath>
#include <cstring>
#include <set>
#include <vector>

#include <gtest/gtest.h>

namespace sagbench {
namespace {

using Words = std::array<uint32_t, 4>;

std::vector<float> Normals(const NoiseKey& key, size_t count) {
  std::vector<float> values(count);
  FillNormal(key, values);
  return values;
}

// Random123's published known answers (tests/kat_vectors, "philox4x32 10").
TEST(Philox, GivesThePublishedAnswers) {
  EXPECT_EQ(Philox({0, 0, 0, 0}, {0, 0}), (Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  constexpr uint32_t kOnes = 0xffffffff;
  EXPECT_EQ(Philox({kOnes, kOnes, kOnes, kOnes}, {kOnes, kOnes}),
            (Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(Philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

struct Quantile {
  double u;
  double z;
};

class NormalQuantileTable : public testing::TestWithParam<Quantile> {};

// Values from mpmath with 50 digits: findroot(log(ncdf(t)) - log(u)).
TEST_P(NormalQuantileTable, IsRightToSixteenDigits) {
  const auto [u, z] = GetParam();
  EXPECT_NEAR(NormalQuantile(u), z, 4e-15 * std::fabs(z)) << u;
}

INSTANTIATE_TEST_SUITE_P(
    Noise, NormalQuantileTable,
    testing::Values(Quantile{1e-300, -37.047096299361199237},
                    Quantile{1e-20, -9.2623400897984075796},
                    Quantile{2e-10, -6.2540277071601424854}, Quantile{1e-6, -4.7534243088228989573},
                    Quantile{0.001, -3.0902323061678135354}, Quantile{0.02, -2.0537489106318230443},
                    Quantile{0.0749, -1.4402382675279636631},
                    Quantile{0.0751, -1.4388253927525399824},
                    Quantile{0.25, -0.6744897501960817432}, Quantile{0.4, -0.25334710313579974132},
                    Quantile{0.6, 0.25334710313579974132}, Quantile{0.9, 1.2815515655446005935},
                    Quantile{0.99, 2.3263478740408407676}));

TEST(NormalQuantile, IsOddAndRising) {
  EXPECT_EQ(NormalQuantile(0.5), 0.0);
  double before = -100.0;
  for (int i = 1; i < 4096; ++i) {
    const double u = i / 4096.0;  // exact, and so is 1 - u
    EXPECT_EQ(NormalQuantile(u), -NormalQuantile(1.0 - u));
    EXPECT_GT(NormalQuantile(u), before);
    before = NormalQuantile(u);
  }
}

// These bits are a promise to every report written so far: they must not change. They agree with a
// separate Philox in Python and scipy.stats.norm.ppf.
TEST(FillNormal, BitsArePinned) {
  const NoiseKey key{.run_seed = 0x0123456789abcdef, .episode = 100007, .replan = 3, .step = 42};
  std::vector<uint32_t> bits(6);
  std::memcpy(bits.data(), Normals(key, 6).data(), 24);
  EXPECT_EQ(bits, (std::vector<uint32_t>{0x3eb3ed9d, 0x3f873e99, 0x3df8c725, 0xbff8cab0, 0x3e6eb63e,
                                         0x3ea4d327}));
}

TEST(FillNormal, PrefixDoesNotDependOnLength) {
  const NoiseKey key{.run_seed = 7, .episode = 1};
  const std::vector<float> all = Normals(key, 64);
  for (size_t length = 0; length < 64; ++length) {
    EXPECT_EQ(Normals(key, length), std::vector<float>(all.begin(), all.begin() + length));
  }
}

TEST(FillNormal, EveryFieldOfTheKeyMatters) {
  std::vector<NoiseKey> keys(12);
  for (NoiseKey& key : keys) key = {.run_seed = 1, .episode = 2, .replan = 3, .step = 4};
  keys[1].run_seed = 2;
  keys[2].run_seed = 1ULL | (1ULL << 32U);
  keys[3].episode = 3;
  keys[4].episode = 2ULL | (1ULL << 32U);
  keys[5].replan = 4;
  keys[6].step = 3;
  keys[7].step = NoiseKey::kInitialSample;
  keys[8].purpose = NoisePurpose::kExpert;
  keys[9].purpose = NoisePurpose::kSpread;
  keys[10] = {.run_seed = 2, .episode = 1, .replan = 3, .step = 4};
  keys[11] = {.run_seed = 1, .episode = 2, .replan = 4, .step = 3};
  std::set<std::vector<float>> streams;
  std::set<float> elements;
  for (const NoiseKey& key : keys) {
    streams.insert(Normals(key, 8));
    for (const float element : Normals(key, 8)) elements.insert(element);
  }
  EXPECT_EQ(streams.size(), keys.size());
  EXPECT_EQ(elements.size(), 8 * keys.size());
}

TEST(FillNormal, HasTheMomentsOfAStandardNormal) {
  const std::vector<float> values = Normals({.run_seed = 5}, 200000);
  double sums[4] = {};
  for (const double value : values) {
    for (int power = 0; power < 4; ++power) sums[power] += std::pow(value, power + 1);
  }
  const double n = static_cast<double>(values.size());
  EXPECT_NEAR(sums[0] / n, 0.0, 4.0 * std::sqrt(1.0 / n));
  EXPECT_NEAR(sums[1] / n, 1.0, 4.0 * std::sqrt(2.0 / n));
  EXPECT_NEAR(sums[2] / n, 0.0, 4.0 * std::sqrt(15.0 / n));
  EXPECT_NEAR(sums[3] / n, 3.0, 4.0 * std::sqrt(96.0 / n));
}

TEST(FillNormal, NeighbouringStreamsAreUncorrelated) {
  constexpr size_t kCount = 100000;
  const std::vector<float> a = Normals({.run_seed = 5, .episode = 1, .step = 7}, kCount);
  const std::vector<float> b = Normals({.run_seed = 5, .episode = 1, .step = 8}, kCount);
  double product = 0.0;
  for (size_t i = 0; i < kCount; ++i) product += a[i] * b[i];
  EXPECT_NEAR(product / kCount, 0.0, 4.0 / std::sqrt(kCount));
}

TEST(CounterRandom, NormalsAreThoseOfFillNormal) {
  const NoiseKey key{.run_seed = 9, .purpose = NoisePurpose::kExpert};
  CounterRandom random(key);
  for (const float value : Normals(key, 9)) {
    EXPECT_EQ(static_cast<float>(random.Normal()), value);
  }
}

TEST(CounterRandom, UniformStaysInsideAndIsEven) {
  CounterRandom random({.run_seed = 3});
  double sum = 0.0;
  for (int i = 0; i < 100000; ++i) {
    const double value = random.Uniform();
    ASSERT_GT(value, 0.0);
    ASSERT_LT(value, 1.0);
    sum += value;
  }
  EXPECT_NEAR(sum / 100000, 0.5, 4.0 / std::sqrt(12.0 * 100000));
  for (int i = 0; i < 1000; ++i) {
    const double value = random.Uniform(-2.0, 3.0);
    EXPECT_TRUE(value > -2.0 && value < 3.0);
  }
}

TEST(CounterRandom, BelowReachesEveryValueEvenly) {
  CounterRandom random({.run_seed = 4});
  std::vector<int> counts(7);
  for (int i = 0; i < 70000; ++i) ++counts.at(random.Below(7));
  for (const int count : counts) EXPECT_NEAR(count, 10000, 4.0 * std::sqrt(10000));
  for (int i = 0; i < 10; ++i) EXPECT_EQ(random.Below(1), 0U);
  for (int i = 0; i < 10; ++i) EXPECT_LT(random.Below(0xffffffffU), 0xffffffffU);
}

}  // namespace
}  // namespace sagbench
