// Properties of the controller; panda_test.cpp compares its torques with robosuite's.
#include "tasks/osc_pose.h"

#include <cmath>

#include <gtest/gtest.h>

#include "core/noise.h"
#include "tasks/symmetric_solve.h"

namespace sagbench::robosuite {
namespace {

// A made-up arm: any Jacobian, a positive mass matrix.
ArmReading MadeUpArm(uint64_t seed) {
  CounterRandom random({.run_seed = seed});
  ArmReading reading = {};
  reading.position = {0.1, 0.2, 0.9};
  reading.orientation = RotationOf(Vec3{3.0, 0.1, -0.2});
  for (double& value : reading.jacobian) value = random.Normal();
  std::array<double, 49> b;
  for (double& value : b) value = random.Normal();
  for (int i = 0; i < 7; ++i) {
    for (int j = 0; j < 7; ++j) {
      for (int k = 0; k < 7; ++k) reading.mass_matrix[7 * i + j] += b[7 * i + k] * b[7 * j + k];
    }
    reading.mass_matrix[8 * i] += 1.0;
    reading.bias[i] = random.Normal();
    reading.joints[i] = random.Normal();
  }
  return reading;
}

// J M^-1 (torques - bias): how the grip site accelerates.
std::array<double, 6> Acceleration(const ArmReading& reading, ArmVector torques) {
  for (int k = 0; k < 7; ++k) torques[k] -= reading.bias[k];
  SolveSymmetric(reading.mass_matrix.data(), 7, torques.data());
  std::array<double, 6> acceleration = {};
  for (int i = 0; i < 6; ++i) {
    for (int k = 0; k < 7; ++k) acceleration[i] += reading.jacobian[7 * i + k] * torques[k];
  }
  return acceleration;
}

TEST(OscPose, AtTheGoalOnlyTheBiasIsHeld) {
  const ArmReading reading = MadeUpArm(1);
  const ArmGoal goal = {reading.position, reading.orientation};
  const ArmVector torques = OscTorques(reading, goal, reading.joints);
  for (int k = 0; k < 7; ++k) EXPECT_NEAR(torques[k], reading.bias[k], 1e-9);
}

TEST(OscPose, TheNullSpaceDoesNotMoveTheHand) {
  const ArmReading reading = MadeUpArm(2);
  const ArmGoal goal = {reading.position, reading.orientation};
  ArmVector rest = reading.joints;
  rest[2] += 0.5;
  const ArmVector torques = OscTorques(reading, goal, rest);
  EXPECT_GT(std::abs(torques[2] - reading.bias[2]), 1e-3);
  for (const double value : Acceleration(reading, torques)) EXPECT_NEAR(value, 0.0, 1e-8);
}

// The uncoupled law: the translation's own inertia, so that it alone is as asked.
TEST(OscPose, PullsWithItsStiffness) {
  ArmReading reading = MadeUpArm(3);
  for (int i = 3; i < 6; ++i) {  // rotation that no joint couples with translation
    for (int k = 0; k < 7; ++k) {
      reading.jacobian[7 * (i - 3) + k] = k == i - 3 ? 1.0 : 0.0;
      reading.jacobian[7 * i + k] = k == i ? 1.0 : 0.0;
    }
  }
  reading.mass_matrix = {};
  for (int k = 0; k < 7; ++k) reading.mass_matrix[8 * k] = 1.0 + k;
  const Mat3 turned = Multiply(RotationOf(Vec3{0.0, 0.0, 0.1}), reading.orientation);
  const ArmGoal goal = {reading.position + Vec3{0.01, 0.0, -0.02}, turned};
  const auto acceleration = Acceleration(reading, OscTorques(reading, goal, reading.joints));
  const std::array<double, 6> expected = {1.5, 0.0, -3.0, 0.0, 0.0, 150.0 * std::sin(0.1)};
  for (int i = 0; i < 6; ++i) EXPECT_NEAR(acceleration[i], expected[i], 1e-9) << i;
}

TEST(OscPose, DampsCritically) {
  ArmReading reading = MadeUpArm(4);
  reading.jacobian = {};
  for (int i = 0; i < 6; ++i) reading.jacobian[7 * i + i] = 1.0;
  reading.mass_matrix = {};
  for (int k = 0; k < 7; ++k) reading.mass_matrix[8 * k] = 1.0;
  reading.velocities[1] = 0.2;
  const ArmGoal goal = {reading.position, reading.orientation};
  const auto acceleration = Acceleration(reading, OscTorques(reading, goal, reading.joints));
  EXPECT_NEAR(acceleration[1], -2.0 * std::sqrt(150.0) * 0.2, 1e-9);
}

}  // namespace
}  // namespace sagbench::robosuite
