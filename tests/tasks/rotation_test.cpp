#include "tasks/rotation.h"

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <numbers>
#include <vector>

#include <gtest/gtest.h>

#include "core/noise.h"
#include "core/safetensors.h"

namespace sagbench {
namespace {

using std::numbers::pi;

SafetensorsFile Misc() {
  const char* folder = std::getenv("SAGBENCH_GOLDEN_DIR");
  return SafetensorsFile(std::filesystem::path(folder ? folder : SAGBENCH_GOLDEN_DEFAULT) /
                         "policy" / "misc.safetensors");
}

void ExpectNear(const Mat3& a, const Mat3& b, double tolerance) {
  for (size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], tolerance) << i;
}

Vec3 RandomTurn(CounterRandom& random) {
  const Vec3 axis = {random.Normal(), random.Normal(), random.Normal()};
  return (random.Uniform(0.0, pi) / Norm(axis)) * axis;
}

TEST(Rotation, ConvertsAsTheOriginal) {
  const SafetensorsFile golden = Misc();
  const std::vector<double> turns = golden.Doubles("rot/axis_angle");
  const std::vector<double> matrices = golden.Doubles("rot/matrix");
  const std::vector<double> sixds = golden.Doubles("rot/sixd");
  for (size_t i = 0; i < turns.size() / 3; ++i) {
    Mat3 expected;
    std::copy_n(&matrices[9 * i], 9, expected.begin());
    const Mat3 matrix = RotationOf(Vec3{turns[3 * i], turns[3 * i + 1], turns[3 * i + 2]});
    ExpectNear(matrix, expected, 1e-12);
    const auto sixd = SixdOf(matrix);
    for (int j = 0; j < 6; ++j) EXPECT_NEAR(sixd[j], sixds[6 * i + j], 1e-12);
    ExpectNear(RotationOfSixd(sixd), expected, 1e-12);
    ExpectNear(RotationOf(AxisAngleOf(expected)), expected, 1e-7);
  }
}

TEST(Rotation, NoisySixNumbersGetTheOriginalsMatrix) {
  const SafetensorsFile golden = Misc();
  const std::vector<double> noisy = golden.Doubles("rot/sixd_noisy");
  const std::vector<double> matrices = golden.Doubles("rot/sixd_noisy_matrix");
  for (size_t i = 0; i < noisy.size() / 6; ++i) {
    std::array<double, 6> sixd;
    std::copy_n(&noisy[6 * i], 6, sixd.begin());
    Mat3 expected;
    std::copy_n(&matrices[9 * i], 9, expected.begin());
    ExpectNear(RotationOfSixd(sixd), expected, 1e-12);
  }
}

TEST(Rotation, AnySixNumbersGiveARotation) {
  for (const auto& sixd : std::vector<std::array<double, 6>>{
           {}, {1, 0, 0, 2, 0, 0}, {0, 0, 1, 0, 0, 0}, {0, 0, 0, 0, 1, 0}, {0, 2, 0, 0, -1, 0}}) {
    const Mat3 matrix = RotationOfSixd(sixd);
    ExpectNear(Multiply(matrix, Transpose(matrix)), kIdentity3, 1e-12);
    EXPECT_NEAR(Dot(Cross(Column(matrix, 0), Column(matrix, 1)), Column(matrix, 2)), 1.0, 1e-12);
  }
}

TEST(Rotation, AxisAngleComesBack) {
  CounterRandom random({.run_seed = 1});
  for (int i = 0; i < 200; ++i) {
    const Vec3 turn = RandomTurn(random);
    const Vec3 back = AxisAngleOf(RotationOf(turn));
    for (int j = 0; j < 3; ++j) EXPECT_NEAR(back[j], turn[j], 1e-6);
  }
  EXPECT_EQ(AxisAngleOf(kIdentity3), Vec3{});
  EXPECT_NEAR(Norm(AxisAngleOf(RotationOf(Vec3{pi, 0, 0}))), pi, 1e-12);
  EXPECT_NEAR(AxisAngleOf(RotationOf(Vec3{0, 1e-9, 0}))[1], 1e-9, 1e-15);
}

TEST(Rotation, QuaternionsHaveNoSignToLose) {
  CounterRandom random({.run_seed = 2});
  for (int i = 0; i < 200; ++i) {
    const Mat3 matrix = RotationOf(RandomTurn(random));
    const Quaternion q = QuaternionOf(matrix);
    EXPECT_GE(q[0], 0.0);
    ExpectNear(RotationOf(q), matrix, 1e-12);
  }
}

TEST(Rotation, Float32IsNearButNotEqual) {
  CounterRandom random({.run_seed = 3});
  double largest = 0.0;
  for (int i = 0; i < 100; ++i) {
    const Vec3 turn = RandomTurn(random);
    const Mat3 exact = RotationOf(turn), rounded = RotationOfInFloat32(turn);
    ExpectNear(rounded, exact, 1e-6);
    for (int j = 0; j < 9; ++j) largest = std::max(largest, std::abs(rounded[j] - exact[j]));
  }
  EXPECT_GT(largest, 1e-9);
  EXPECT_EQ(RotationOfInFloat32({}), kIdentity3);
}

}  // namespace
}  // namespace sagbench
