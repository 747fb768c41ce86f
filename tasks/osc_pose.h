#pragma once

#include <array>

#include "tasks/rotation.h"

namespace sagbench::robosuite {

inline constexpr int kArmJoints = 7;
using ArmVector = std::array<double, kArmJoints>;

// What the controller reads in a sub-step. World frame; m, rad, s, N m.
struct ArmReading {
  Vec3 position;                                            // of the grip site
  Mat3 orientation;                                         // of the grip site
  std::array<double, 6 * kArmJoints> jacobian;              // [6, 7]: translation, rotation
  std::array<double, kArmJoints * kArmJoints> mass_matrix;  // [7, 7]
  ArmVector joints, velocities, bias;                       // bias: gravity and Coriolis torques
};

struct ArmGoal {
  Vec3 position = {};
  Mat3 orientation = kIdentity3;
};

// Torques [7], not clipped, of robosuite's operational-space controller (controllers/parts/arm/
// osc.py: kp 150, critically damped, position and orientation uncoupled; Khatib 1987), with the
// null space pulled towards `rest_joints`.
ArmVector OscTorques(const ArmReading& reading, const ArmGoal& goal, const ArmVector& rest_joints);

}  // namespace sagbench::robosuite
