#pragma once

#include <array>
#include <span>

#include "tasks/model.h"
#include "tasks/osc_pose.h"

namespace sagbench::robosuite {

inline constexpr int kSubSteps = 25;    // of a control step: 20 Hz on a timestep of 2 ms
inline constexpr int kActionSize = 7;   // position or its change, axis-angle, gripper
inline constexpr int kRobotJoints = 9;  // arm, then the two fingers: the first of qpos and qvel

// What the robosuite versions differ in, and how actions are read (both as of a task's knobs).
struct PandaSettings {
  bool legacy = true;    // 1.2 to 1.4.1, else 1.5
  bool absolute = true;  // actions are poses in the world, else changes of the achieved pose
};

// What the robot remembers beside the simulator's state.
struct PandaMemory {
  ArmVector rest_joints = {};           // joints that the null space pulls to: the episode's first
  std::array<double, 2> grip = {0, 0};  // gripper ramp, one number a finger: -1 closed, 1 open
  Mat3 goal_orientation = kIdentity3;   // legacy: kept while the action's rotation is zero
};

// Robosuite's Panda with OSC_POSE and its gripper, in a model from LoadScene.
class Panda {
 public:
  // Throws Error (environment) if the model has no Panda.
  Panda(const mjModel& model, PandaSettings settings);

  // Starts an episode: the arm rests at its present joints, the gripper's ramp is in the middle.
  // The kinematics of `data` must be up to date.
  void Restart(const mjData& data);
  // Sub-step `index` (0 to 24) of a control step: dynamics, goal (at 0), torques, integration.
  // action [7], finite. `after_reset`: 1.5 computes its first torques with the mass matrix that
  // the arm had with closed fingers.
  void SubStep(const mjModel& model, mjData* data, std::span<const double> action, int index,
               bool after_reset);

  Vec3 GripPosition(const mjData& data) const;           // of the grip site
  Mat3 GripOrientation(const mjData& data) const;        // of the grip site
  Quaternion HandOrientation(const mjData& data) const;  // of the hand's body, 90 degrees off

  const ArmGoal& goal() const { return goal_; }  // world frame
  const PandaMemory& memory() const { return memory_; }
  void set_memory(const PandaMemory& memory) { memory_ = memory; }

 private:
  void SetGoal(const mjData& data, std::span<const double> action);
  void MoveGripper(double command, int index);
  ArmReading Read(const mjModel& model, const mjData& data) const;

  PandaSettings settings_;
  int grip_site_, hand_body_;
  PandaMemory memory_;
  ArmGoal goal_;
};

}  // namespace sagbench::robosuite
