#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/registry.h"
#include "tasks/scene.h"

namespace sagbench {

// One part of an observation, by its name in data files.
struct ObservationKey {
  std::string name;
  int size = 0;
};

// How a policy writes an action (tasks/policy_action.h): as the task takes it, or, where a task
// takes position, axis-angle and gripper (7 numbers), the rotation as its first two rows (10
// numbers).
enum class ActionEncoding { kPlain, kRotation6d };

// How a policy's normalizers are fitted: every dimension to [-1, 1], or as diffusion_policy does
// for robomimic's data: observations by one scale, positions of absolute actions to [-1, 1].
enum class Normalization { kLimits, kRobomimic };

// Facts of a task. The observation is the concatenation of the keys, in order.
struct TaskSpec {
  std::string name;
  std::string robomimic_name = {};  // of the environment in robomimic's files; "": none there
  std::vector<ObservationKey> observation_keys;
  int observation_size = 0;
  int action_size = 0;  // of Step()
  ActionEncoding action_encoding = ActionEncoding::kPlain;
  Normalization normalization = Normalization::kLimits;
  int state_size = 0;                           // of State(): all that the future depends on
  int max_steps = 0;                            // control steps of an episode
  uint64_t last_seed = UINT64_MAX;              // seeds of Reset() are 0 to this
  double control_period = 0.0;                  // seconds
  bool has_score = false;                       // reward is graded: episode score = max reward
  std::vector<double> action_low, action_high;  // where random test actions are drawn from
};

struct StepResult {
  std::vector<double> observation;
  double reward = 0.0;   // in [0, 1]
  bool success = false;  // this step meets the task's criterion
  bool done = false;     // success or time limit or failure: no further Step
  std::string failure;   // "" or why the episode cannot go on: "physics_diverged", ...
};

// A simulated environment. Equal seeds and actions give equal episodes, bit for bit.
class Task {
 public:
  virtual ~Task() = default;
  virtual const TaskSpec& spec() const = 0;
  virtual std::vector<double> Reset(uint64_t seed) = 0;
  // action [action_size]. Throws Error (usage) on a wrong size or a non-finite value.
  virtual StepResult Step(std::span<const double> action) = 0;
  // What is sent while no new action is there: the robot comes to rest or stays. `last`: the action
  // before, empty at the start of an episode.
  virtual std::vector<double> Hold(std::span<const double> last) const = 0;
  virtual std::vector<double> State() const = 0;
  // Restarts an episode (step 0) from a state [state_size]; returns its observation.
  virtual std::vector<double> SetState(std::span<const double> state) = 0;
  // What a picture shows of it now; without a model it cannot be drawn.
  virtual TaskScene Scene() const { return {}; }
};

using TaskRegistry = Registry<Task>;
TaskRegistry& Tasks();

// Version of the physics engine, for reports: "4.0.0".
std::string PhysicsVersion();

}  // namespace sagbench
