#include "tasks/numpy_random.h"

#include <cmath>

#include <gtest/gtest.h>

#include "tests/tasks/pusht_golden.h"

namespace sagbench {
namespace {

TEST(NumpyRandom, DrawsWhatRandomStateDraws) {
  const SafetensorsFile golden = pusht::Golden("pusht_reset");
  const std::vector<int64_t> seeds = golden.Integers("seed");
  const std::vector<double> raw = golden.Doubles("raw");
  const double pi = std::acos(-1.0);
  for (size_t i = 0; i < seeds.size(); ++i) {
    NumpyRandom random(static_cast<uint32_t>(seeds[i]));
    for (size_t j = 0; j < 4; ++j) {
      const int64_t drawn = j < 2 ? random.Integer(50, 450) : random.Integer(100, 400);
      EXPECT_EQ(static_cast<double>(drawn), raw[5 * i + j]);
    }
    EXPECT_EQ(random.Normal() * 2.0 * pi - pi, raw[5 * i + 4]);
  }
}

// numpy: RandomState(0).random_sample(2), RandomState(0).randn(2)
TEST(NumpyRandom, KnownNumbers) {
  NumpyRandom uniform(0);
  EXPECT_EQ(uniform.Uniform(), 0.5488135039273248);
  EXPECT_EQ(uniform.Uniform(), 0.7151893663724195);
  NumpyRandom normal(0);
  EXPECT_EQ(normal.Normal(), 1.764052345967664);
  EXPECT_EQ(normal.Normal(), 0.4001572083672233);
}

TEST(NumpyRandom, IntegersStayInTheirRange) {
  NumpyRandom random(1);
  for (int i = 0; i < 1000; ++i) {
    const int64_t drawn = random.Integer(-3, 4);
    EXPECT_GE(drawn, -3);
    EXPECT_LT(drawn, 4);
  }
  EXPECT_EQ(random.Integer(7, 8), 7);
}

}  // namespace
}  // namespace sagbench
