#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "core/noise.h"
#include "tasks/panda.h"
#include "tasks/placement.h"
#include "tasks/robosuite_model.h"
#include "tasks/task.h"

namespace sagbench::robosuite {

// The knobs that all tasks of the arm have: semantics, actions.
std::vector<Knob> PandaKnobs();

struct Pose {
  Vec3 position = {};
  Quaternion orientation = {};  // of length 1, or all 0: none
};

// What differs between the tasks of the arm.
struct ArmTaskParts {
  std::string name;            // also of the scene, NAME.xml
  std::string robomimic_name;  // TaskSpec
  std::string object_body;     // with a free joint, the last of the model
  int object_size = 0;         // of the observation "object"
  int extra_state = 0;         // of Extra()
  Vec3 low = {}, high = {};    // positions of random test actions, m
};

// A robosuite task: the arm, one object, 20 Hz. An action is 7 numbers (PandaSettings), an
// observation the object's numbers, the grip site's position, the hand's quaternion (x, y, z, w)
// and the fingers' joints. As in robosuite, an observation after a step shows the bodies as they
// were 2 ms before (the kinematics of the last sub-step), the fingers as they are.
// State: time (s), qpos [16], qvel [15], qacc_warmstart [15], rest joints [7], gripper ramp [2],
// goal orientation [9], then the task's own.
class ArmTask : public Task {
 public:
  ArmTask(ArmTaskParts parts, const KnobValues& knobs);

  const TaskSpec& spec() const final { return spec_; }
  std::vector<double> Reset(uint64_t seed) final;
  StepResult Step(std::span<const double> action) final;
  std::vector<double> Hold(std::span<const double> last) const final;
  std::vector<double> State() const final;
  std::vector<double> SetState(std::span<const double> state) final;
  TaskScene Scene() const final;

 protected:
  // Draws the object's start; may change the model by Recompile().
  virtual ObjectStart Draw(CounterRandom& random) = 0;
  // The observation "object" from what Object() and arm() say now.
  virtual std::vector<double> ObserveObject() const = 0;
  virtual bool Succeeds() const = 0;
  // What else the future depends on, and setting it; may Recompile().
  virtual std::vector<double> Extra() const { return {}; }
  virtual void SetExtra(std::span<const double> extra) {}
  // An observation was made (after a step or, with `first`, a reset).
  virtual void Observed(bool first) {}

  bool legacy() const { return settings_.legacy; }
  mjSpec* scene() { return scene_.get(); }
  // Throws Error (environment) and changes nothing if the scene does not compile.
  void Recompile();
  Pose Object() const;  // as last observed
  Vec3 GripPosition() const { return arm_->GripPosition(*data_); }
  Quaternion HandOrientation() const { return arm_->HandOrientation(*data_); }

 private:
  std::vector<double> Observe() const;
  bool Diverged() const;

  ArmTaskParts parts_;
  TaskSpec spec_;
  PandaSettings settings_;
  SpecPtr scene_;
  ModelPtr model_;
  DataPtr data_;
  std::unique_ptr<Panda> arm_;
  int object_ = 0;
  int step_ = 0;
};

}  // namespace sagbench::robosuite
