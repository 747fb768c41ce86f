// Start distributions against the spec's, by statistics that fail when one of them is off.
#include "tasks/placement.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include <gtest/gtest.h>

namespace sagbench::robosuite {
namespace {

constexpr int kDraws = 20000;
using std::numbers::pi;

CounterRandom Random(uint64_t seed) {
  return CounterRandom({.run_seed = seed, .purpose = NoisePurpose::kReset});
}

struct Moments {
  double mean, deviation, low, high;
};

Moments MomentsOf(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  double mean = 0.0, square = 0.0;
  for (const double value : values) mean += value / n;
  for (const double value : values) square += (value - mean) * (value - mean) / n;
  return {mean, std::sqrt(square), *std::min_element(values.begin(), values.end()),
          *std::max_element(values.begin(), values.end())};
}

// Within the bounds, nearly filling them, and with a uniform's mean and deviation (5 standard
// errors of each).
void ExpectUniform(const std::vector<double>& values, double low, double high, const char* what) {
  const Moments m = MomentsOf(values);
  const double width = high - low, n = static_cast<double>(values.size());
  EXPECT_GE(m.low, low) << what;
  EXPECT_LE(m.high, high) << what;
  EXPECT_LT(m.low, low + 20.0 * width / n) << what;
  EXPECT_GT(m.high, high - 20.0 * width / n) << what;
  EXPECT_NEAR(m.mean, (low + high) / 2.0, 5.0 * width / std::sqrt(12.0 * n)) << what;
  EXPECT_NEAR(m.deviation, width / std::sqrt(12.0), 5.0 * width / std::sqrt(12.0 * 2.0 * n))
      << what;
}

TEST(Placement, ArmIsNormalAboutItsPose) {
  const ArmVector centre = {0.0, pi / 16, 0.0, -pi / 2 - pi / 3, 0.0, pi - 0.2, pi / 4};
  CounterRandom random = Random(1);
  std::vector<std::vector<double>> joints(7);
  for (int i = 0; i < kDraws; ++i) {
    const ArmVector drawn = DrawArmStart(random);
    for (int k = 0; k < 7; ++k) joints[k].push_back((drawn[k] - centre[k]) / 0.02);
  }
  for (const std::vector<double>& joint : joints) {
    const Moments m = MomentsOf(joint);
    EXPECT_NEAR(m.mean, 0.0, 5.0 / std::sqrt(kDraws));
    EXPECT_NEAR(m.deviation, 1.0, 5.0 / std::sqrt(2.0 * kDraws));
    const auto outside = std::count_if(joint.begin(), joint.end(),
                                       [](double value) { return std::abs(value) > 2.0; });
    EXPECT_NEAR(static_cast<double>(outside) / kDraws, 0.0455, 5.0 * std::sqrt(0.0455 / kDraws));
  }
  for (int k = 1; k < 7; ++k) {
    double together = 0.0;
    for (int i = 0; i < kDraws; ++i) together += joints[k][i] * joints[k - 1][i] / kDraws;
    EXPECT_NEAR(together, 0.0, 5.0 / std::sqrt(kDraws));
  }
}

TEST(Placement, LiftIsUniform) {
  CounterRandom random = Random(2);
  std::vector<std::vector<double>> values(6);
  for (int i = 0; i < kDraws; ++i) {
    const LiftStart start = DrawLiftStart(random);
    for (int k = 0; k < 3; ++k) values[k].push_back(start.half_size[k]);
    for (int k = 0; k < 2; ++k) values[3 + k].push_back(start.cube.position[k]);
    values[5].push_back(start.cube.yaw);
    EXPECT_EQ(start.cube.position[2], 0.8 + 0.01 + start.half_size[2]);
  }
  for (int k = 0; k < 3; ++k) ExpectUniform(values[k], 0.020, 0.022, "half size");
  ExpectUniform(values[3], -0.03, 0.03, "x");
  ExpectUniform(values[4], -0.03, 0.03, "y");
  ExpectUniform(values[5], 0.0, 2.0 * pi, "yaw");
}

TEST(Placement, CanStaysInItsBin) {
  CounterRandom random = Random(3);
  std::vector<double> yaws;
  std::vector<double> x, y;
  for (int i = 0; i < kDraws; ++i) {
    const ObjectStart can = DrawCanStart(random);
    x.push_back(can.position[0]);
    y.push_back(can.position[1]);
    yaws.push_back(can.yaw);
    EXPECT_DOUBLE_EQ(can.position[2], 0.86);
  }
  const Moments mx = MomentsOf(x), my = MomentsOf(y);
  EXPECT_GE(mx.low, 0.1 - 0.12);
  EXPECT_LE(mx.high, 0.1 + 0.12);
  EXPECT_GE(my.low, -0.25 - 0.17);
  EXPECT_LE(my.high, -0.25 + 0.17);
  EXPECT_LT(mx.low, 0.1 - 0.12 + 1e-3);
  EXPECT_GT(my.high, -0.25 + 0.17 - 1e-3);
  EXPECT_NEAR(mx.mean, 0.1, 5.0 * mx.deviation / std::sqrt(kDraws));
  EXPECT_NEAR(my.mean, -0.25, 5.0 * my.deviation / std::sqrt(kDraws));
  ExpectUniform(yaws, 0.0, 2.0 * pi, "yaw");
}

// The can must not overlap three discs, which pushes it out of the middle, towards the corners. The
// expected shares come from 60,000 draws of the spec's rule in numpy; without it, both are 1/9.
TEST(Placement, CanIsConditionedOnTheInvisibleObjects) {
  constexpr int kCans = 40000;
  CounterRandom random = Random(4);
  int centre = 0, corner = 0;
  for (int i = 0; i < kCans; ++i) {
    const Vec3 can = DrawCanStart(random).position;
    const double u = std::abs(can[0] - 0.1) / 0.12, v = std::abs(can[1] + 0.25) / 0.17;
    centre += u < 1.0 / 3 && v < 1.0 / 3;
    corner += u > 2.0 / 3 && v > 2.0 / 3;
  }
  EXPECT_NEAR(static_cast<double>(centre) / kCans, 0.0985, 0.007);
  EXPECT_NEAR(static_cast<double>(corner) / kCans, 0.1318, 0.008);
}

}  // namespace
}  // namespace sagbench::robosuite
