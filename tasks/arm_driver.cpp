#include "tasks/arm_driver.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace sagbench::robosuite {
namespace {

constexpr double kPeriod = 0.05;    // s of a control step
constexpr double kTurnSpeed = 1.2;  // rad/s, mean
constexpr int kPatience = 10;       // control steps that are waited for the hand
constexpr double kMemory = 0.85;    // of the slow noise, a control step

// From the hand's body to the grip site (panda_gripper.xml).
const Mat3 kSiteInHand = {0, 1, 0, -1, 0, 0, 0, 0, 1};

double Smooth(double share) {
  return share * share * (3.0 - 2.0 * share);
}

}  // namespace

Mat3 HandDown(double yaw) {
  const Mat3 down = {0, 1, 0, 1, 0, 0, 0, 0, -1};
  return Multiply(RotationOf(Vec3{0.0, 0.0, yaw}), down);
}

double Wrap(double angle, double period) {
  return angle - period * std::floor(angle / period + 0.5);
}

ArmDriver::ArmDriver(Task& task, std::vector<double> observation, CounterRandom& random)
    : recorder_(task, std::move(observation)),
      random_(random),
      hand_at_(static_cast<size_t>(task.spec().observation_keys[0].size)) {
  position_ = Hand();
  const double* q = recorder_.observation().data() + hand_at_ + 3;  // x, y, z, w
  orientation_ = Multiply(RotationOf(Quaternion{q[3], q[0], q[1], q[2]}), kSiteInHand);
  yaw_ = Wrap(std::atan2(orientation_[3], orientation_[0]) - std::atan2(1.0, 0.0),
              2.0 * std::numbers::pi);
}

Vec3 ArmDriver::Hand() const {
  const double* p = recorder_.observation().data() + hand_at_;
  return {p[0], p[1], p[2]};
}

Vec3 ArmDriver::Object() const {
  const double* p = recorder_.observation().data();
  return {p[0], p[1], p[2]};
}

Mat3 ArmDriver::ObjectRotation() const {
  const double* q = recorder_.observation().data() + 3;
  return RotationOf(Quaternion{q[3], q[0], q[1], q[2]});
}

double ArmDriver::ObjectYaw() const {
  const Mat3 matrix = ObjectRotation();
  return std::atan2(matrix[3], matrix[0]);
}

bool ArmDriver::Command(const Vec3& position, const Mat3& orientation, double gripper) {
  const Vec3 at = position + noise_, turn = AxisAngleOf(orientation);
  over_ =
      over_ || !recorder_.Step(std::array{at[0], at[1], at[2], turn[0], turn[1], turn[2], gripper});
  return !over_;
}

void ArmDriver::Wander(double deviation) {
  const double fresh = deviation * std::sqrt(1.0 - kMemory * kMemory);
  for (double& value : noise_) value = kMemory * value + fresh * random_.Normal();
}

bool ArmDriver::Go(const Leg& leg) {
  const Vec3 from = position_, way = leg.position - position_;
  const Mat3 from_orientation = orientation_, goal = HandDown(leg.yaw);
  const Vec3 turn = AxisAngleOf(Multiply(goal, Transpose(from_orientation)));
  const double length = Norm(way) + 2.0 * Norm(leg.bow);
  const double seconds = std::max(length / leg.speed, Norm(turn) / kTurnSpeed);
  const int steps = std::max(1, static_cast<int>(std::ceil(seconds / kPeriod)));
  for (int i = 1; i <= steps && !over_; ++i) {
    const double share = Smooth(static_cast<double>(i) / steps);
    Wander(leg.wander);
    position_ = from + share * way + (4.0 * share * (1.0 - share)) * leg.bow;
    orientation_ = Multiply(RotationOf(share * turn), from_orientation);
    Command(position_, orientation_, leg.gripper);
  }
  yaw_ = leg.yaw;
  for (int i = 0; i < kPatience && !over_ && Norm(Hand() - leg.position) > leg.slack; ++i) {
    Wander(0.0);
    Command(position_, orientation_, leg.gripper);
  }
  return !over_;
}

bool ArmDriver::Hold(int steps, double gripper) {
  for (int i = 0; i < steps && !over_; ++i) {
    Wander(0.0);
    Command(position_, orientation_, gripper);
  }
  return !over_;
}

}  // namespace sagbench::robosuite
