#include "tasks/pusht_geometry.h"

#include <cmath>

#include <gtest/gtest.h>

#include "tests/tasks/pusht_golden.h"

namespace sagbench::pusht {
namespace {

TEST(PushTGeometry, CoverageAsShapely) {
  const SafetensorsFile golden = Golden("pusht_coverage");
  const std::vector<double> poses = golden.Doubles("pose");
  const std::vector<double> expected = golden.Doubles("coverage");
  for (size_t i = 0; i < expected.size(); ++i) {
    const Pose pose = {poses[3 * i], poses[3 * i + 1], poses[3 * i + 2]};
    EXPECT_NEAR(Coverage(pose), expected[i], 1e-12) << i;
  }
}

TEST(PushTGeometry, CoverageAtAndFarFromTheGoal) {
  EXPECT_NEAR(Coverage(kGoal), 1.0, 1e-12);
  EXPECT_EQ(Coverage({0.0, 0.0, 0.0}), 0.0);
}

TEST(PushTGeometry, CentreOfGravityAndBack) {
  const Pose origin = {120.0, 80.0, -7.3};
  const Pose back = OriginFromCog(CogFromOrigin(origin));
  EXPECT_NEAR(back.x, origin.x, 1e-12);
  EXPECT_NEAR(back.y, origin.y, 1e-12);
  EXPECT_EQ(back.angle, origin.angle);
}

TEST(PushTGeometry, WorldAndBack) {
  const Pose pose = {10.0, 20.0, 0.5};
  const Vec2 local = ToLocal(pose, ToWorld(pose, {3.0, -4.0}));
  EXPECT_NEAR(local.x, 3.0, 1e-12);
  EXPECT_NEAR(local.y, -4.0, 1e-12);
}

TEST(PushTGeometry, DistanceToT) {
  EXPECT_EQ(DistanceToT({0.0, 10.0}), 0.0);
  EXPECT_EQ(DistanceToT({0.0, -5.0}), 5.0);
  EXPECT_EQ(DistanceToT({25.0, 80.0}), 10.0);
  EXPECT_NEAR(DistanceToT({63.0, -4.0}), 5.0, 1e-12);
}

TEST(PushTGeometry, WrapAngle) {
  const double pi = std::acos(-1.0);
  EXPECT_NEAR(WrapAngle(2.5 * pi), 0.5 * pi, 1e-12);
  EXPECT_NEAR(WrapAngle(-1.5 * pi), 0.5 * pi, 1e-12);
  EXPECT_EQ(WrapAngle(-pi), pi);
}

}  // namespace
}  // namespace sagbench::pusht
