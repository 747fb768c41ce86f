#include "tasks/panda.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "tasks/robosuite_model.h"

namespace sagbench::robosuite {
namespace {

constexpr double kPositionScale = 0.05;  // m of a delta action of 1
constexpr double kRotationScale = 0.5;   // rad of a delta action of 1
constexpr double kRamp = 0.2;            // of the gripper a control step (1.5) ...
constexpr double kLegacyRamp = 0.01;     // ... or a sub-step (1.2 to 1.4.1)
constexpr double kFingerMiddle = 0.02;   // m

Vec3 Vector(const mjtNum* values) {
  return {values[0], values[1], values[2]};
}

// The arm's block [7, 7] of the sparse, lower-triangular inertia; its joints come first.
void ArmMass(const mjModel& model, const mjData& data, ArmReading* reading) {
  auto& mass = reading->mass_matrix;
  for (int i = 0; i < kArmJoints; ++i) {
    for (int k = 0; k < model.M_rownnz[i]; ++k) {
      const int at = model.M_rowadr[i] + k, j = model.M_colind[at];
      mass[i * kArmJoints + j] = mass[j * kArmJoints + i] = data.M[at];
    }
  }
}

// The same with the fingers at 0, as 1.5 has it at its first torques (spec: `new_update`).
void ArmMassBeforeFingers(const mjModel& model, mjData* data, ArmReading* reading) {
  const std::vector<mjtNum> kept(data->qpos, data->qpos + model.nq);
  data->qpos[kArmJoints] = data->qpos[kArmJoints + 1] = 0.0;
  mj_kinematics(&model, data);
  mj_comPos(&model, data);
  mj_makeM(&model, data);
  ArmMass(model, *data, reading);
  std::copy(kept.begin(), kept.end(), data->qpos);
}

}  // namespace

Panda::Panda(const mjModel& model, PandaSettings settings)
    : settings_(settings),
      grip_site_(IdOf(model, mjOBJ_SITE, "gripper0_right_grip_site")),
      hand_body_(IdOf(model, mjOBJ_BODY, "robot0_right_hand")) {}

void Panda::Restart(const mjData& data) {
  memory_ = {};
  std::copy_n(data.qpos, kArmJoints, memory_.rest_joints.begin());
  memory_.goal_orientation = GripOrientation(data);
}

Vec3 Panda::GripPosition(const mjData& data) const {
  return Vector(data.site_xpos + 3 * grip_site_);
}

Mat3 Panda::GripOrientation(const mjData& data) const {
  Mat3 matrix;
  std::copy_n(data.site_xmat + 9 * grip_site_, 9, matrix.begin());
  return matrix;
}

Quaternion Panda::HandOrientation(const mjData& data) const {
  const mjtNum* q = data.xquat + 4 * hand_body_;
  return {q[0], q[1], q[2], q[3]};
}

void Panda::SetGoal(const mjData& data, std::span<const double> action) {
  const Vec3 move = Vector(action.data()), turn = Vector(action.data() + 3);
  Mat3& orientation = memory_.goal_orientation;
  if (settings_.absolute) {
    goal_.position = move;
    orientation = settings_.legacy ? RotationOfInFloat32(turn) : RotationOf(turn);
  } else {
    const auto clip = [](const Vec3& a, double scale) {
      return Vec3{std::clamp(a[0], -1.0, 1.0) * scale, std::clamp(a[1], -1.0, 1.0) * scale,
                  std::clamp(a[2], -1.0, 1.0) * scale};
    };
    goal_.position = GripPosition(data) + clip(move, kPositionScale);
    if (!settings_.legacy || turn != Vec3{}) {
      orientation =
          Multiply(RotationOfInFloat32(clip(turn, kRotationScale)), GripOrientation(data));
    }
  }
  goal_.orientation = orientation;
}

// A positive command closes, a negative one opens; zero leaves the ramp where it is.
void Panda::MoveGripper(double command, int index) {
  if (!settings_.legacy && index > 0) return;
  const double sign = command > 0.0 ? 1.0 : (command < 0.0 ? -1.0 : 0.0);
  const double move = (settings_.legacy ? kLegacyRamp : kRamp) * sign;
  memory_.grip[0] = std::clamp(memory_.grip[0] - move, -1.0, 1.0);
  memory_.grip[1] = std::clamp(memory_.grip[1] + move, -1.0, 1.0);
}

ArmReading Panda::Read(const mjModel& model, const mjData& data) const {
  ArmReading reading;
  reading.position = GripPosition(data);
  reading.orientation = GripOrientation(data);
  std::vector<mjtNum> jacobian(6 * static_cast<size_t>(model.nv));
  mj_jacSite(&model, &data, jacobian.data(), jacobian.data() + 3 * model.nv, grip_site_);
  for (int i = 0; i < 6; ++i) {
    std::copy_n(jacobian.data() + i * model.nv, kArmJoints, &reading.jacobian[i * kArmJoints]);
  }
  std::copy_n(data.qpos, kArmJoints, reading.joints.begin());
  std::copy_n(data.qvel, kArmJoints, reading.velocities.begin());
  std::copy_n(data.qfrc_bias, kArmJoints, reading.bias.begin());
  ArmMass(model, data, &reading);
  return reading;
}

void Panda::SubStep(const mjModel& model, mjData* data, std::span<const double> action, int index,
                    bool after_reset) {
  ArmReading before_fingers;
  const bool stale = after_reset && !settings_.legacy && index == 0;
  if (stale) ArmMassBeforeFingers(model, data, &before_fingers);
  mj_step1(&model, data);
  if (index == 0) SetGoal(*data, action);
  MoveGripper(action[6], index);
  ArmReading reading = Read(model, *data);
  if (stale) reading.mass_matrix = before_fingers.mass_matrix;
  const ArmVector torques = OscTorques(reading, goal_, memory_.rest_joints);
  const auto set = [&](int actuator, double value) {
    const mjtNum* range = model.actuator_ctrlrange + 2 * actuator;
    data->ctrl[actuator] = std::clamp(value, range[0], range[1]);
  };
  for (int i = 0; i < kArmJoints; ++i) set(i, torques[i]);
  set(kArmJoints, kFingerMiddle + kFingerMiddle * memory_.grip[0]);
  set(kArmJoints + 1, -kFingerMiddle + kFingerMiddle * memory_.grip[1]);
  mj_step2(&model, data);
}

}  // namespace sagbench::robosuite
