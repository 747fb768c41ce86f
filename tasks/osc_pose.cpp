#include "tasks/osc_pose.h"

#include <cmath>

#include "tasks/symmetric_solve.h"

namespace sagbench::robosuite {
namespace {

constexpr double kStiffness = 150.0;
constexpr double kNullStiffness = 10.0;
constexpr int kTask = 6;

using TaskVector = std::array<double, kTask>;
using TaskSquare = std::array<double, kTask * kTask>;

double RowProduct(const double* a, const double* b) {
  double sum = 0.0;
  for (int k = 0; k < kArmJoints; ++k) sum += a[k] * b[k];
  return sum;
}

// Sine-type error between two orientations (not a logarithm).
Vec3 OrientationError(const Mat3& now, const Mat3& goal) {
  Vec3 sum = {};
  for (int k = 0; k < 3; ++k) sum = sum + Cross(Column(now, k), Column(goal, k));
  return 0.5 * sum;
}

// Force and torque [6] that pull the grip site to the goal, at unit inertia.
TaskVector Pull(const ArmReading& reading, const ArmGoal& goal) {
  const double damping = 2.0 * std::sqrt(kStiffness);
  const Vec3 position = goal.position - reading.position;
  const Vec3 orientation = OrientationError(reading.orientation, goal.orientation);
  TaskVector pull;
  for (int i = 0; i < kTask; ++i) {
    const double velocity =
        RowProduct(&reading.jacobian[i * kArmJoints], reading.velocities.data());
    pull[i] = kStiffness * (i < 3 ? position[i] : orientation[i - 3]) - damping * velocity;
  }
  return pull;
}

// Block [size, size] of the task-space square from (first, first) on.
void CopyBlock(const TaskSquare& square, int first, int size, double* block) {
  for (int i = 0; i < size; ++i) {
    for (int j = 0; j < size; ++j) block[i * size + j] = square[(first + i) * kTask + first + j];
  }
}

}  // namespace

ArmVector OscTorques(const ArmReading& reading, const ArmGoal& goal, const ArmVector& rest_joints) {
  const auto& jacobian = reading.jacobian;
  auto solved = jacobian;  // rows of J M^-1
  SolveSymmetric(reading.mass_matrix.data(), kArmJoints, solved.data(), kTask);
  TaskSquare mobility;  // J M^-1 J^T
  for (int i = 0; i < kTask; ++i) {
    for (int j = 0; j < kTask; ++j) {
      mobility[i * kTask + j] = RowProduct(&jacobian[i * kArmJoints], &solved[j * kArmJoints]);
    }
  }
  TaskVector wrench = Pull(reading, goal);
  for (const int first : {0, 3}) {  // uncoupled: each half with its own inertia
    std::array<double, 9> block;
    CopyBlock(mobility, first, 3, block.data());
    SolveSymmetric(block.data(), 3, wrench.data() + first);
  }
  // Null space: N^T M a = M a - J^T (J M^-1 J^T)^-1 J a.
  ArmVector rest;
  for (int k = 0; k < kArmJoints; ++k) {
    rest[k] = kNullStiffness * (rest_joints[k] - reading.joints[k]) -
              2.0 * std::sqrt(kNullStiffness) * reading.velocities[k];
  }
  TaskVector seen;
  for (int i = 0; i < kTask; ++i) seen[i] = RowProduct(&jacobian[i * kArmJoints], rest.data());
  SolveSymmetric(mobility.data(), kTask, seen.data());
  ArmVector torques;
  for (int k = 0; k < kArmJoints; ++k) {
    torques[k] = RowProduct(&reading.mass_matrix[k * kArmJoints], rest.data()) + reading.bias[k];
    for (int i = 0; i < kTask; ++i) {
      torques[k] += jacobian[i * kArmJoints + k] * (wrench[i] - seen[i]);
    }
  }
  return torques;
}

}  // namespace sagbench::robosuite
