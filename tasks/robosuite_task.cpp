#include "tasks/robosuite_task.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numbers>

#include "core/error.h"

namespace sagbench::robosuite {
namespace {

constexpr double kFingerStart = 0.020833;  // m
constexpr int kObjectAt = kRobotJoints;    // of the object's pose in qpos

// Random test actions turn the hand by so much from straight down, and are of so much in a delta.
constexpr double kDown = std::numbers::pi, kTurn = 0.5, kDelta = 1.0;

}  // namespace

std::vector<Knob> PandaKnobs() {
  return {ChoiceKnob("semantics", "legacy", {"legacy", "v15"},
                     "legacy: robosuite 1.2 to 1.4.1, as robomimic's data and diffusion_policy's "
                     "checkpoints assume; v15: robosuite 1.5"),
          ChoiceKnob("actions", "absolute", {"absolute", "delta"},
                     "absolute: the hand's pose in the world (policies: rotation in 6 numbers); "
                     "delta: the change of the achieved pose, -1 to 1")};
}

ArmTask::ArmTask(ArmTaskParts parts, const KnobValues& knobs)
    : parts_(std::move(parts)),
      settings_{.legacy = knobs.Choice("semantics") == "legacy",
                .absolute = knobs.Choice("actions") == "absolute"},
      scene_(ReadScene(parts_.name + ".xml")) {
  Recompile();
  arm_ = std::make_unique<Panda>(*model_, settings_);
  object_ = IdOf(*model_, mjOBJ_BODY, parts_.object_body.c_str());
  spec_.name = parts_.name;
  spec_.robomimic_name = parts_.robomimic_name;
  spec_.observation_keys = {{"object", parts_.object_size},
                            {"robot0_eef_pos", 3},
                            {"robot0_eef_quat", 4},
                            {"robot0_gripper_qpos", 2}};
  spec_.observation_size = parts_.object_size + 9;
  spec_.action_size = kActionSize;
  spec_.normalization = Normalization::kRobomimic;
  if (settings_.absolute) spec_.action_encoding = ActionEncoding::kRotation6d;
  spec_.state_size =
      static_cast<int>(1 + model_->nq + 2 * model_->nv + 7 + 2 + 9) + parts_.extra_state;
  spec_.max_steps = 400;  // robomimic's horizon for proficient-human data
  spec_.control_period = 0.05;
  const auto [low, high] = std::pair(parts_.low, parts_.high);
  spec_.action_low = {low[0], low[1], low[2], kDown - kTurn, -kTurn, -kTurn, -1.0};
  spec_.action_high = {high[0], high[1], high[2], kDown + kTurn, kTurn, kTurn, 1.0};
  if (!settings_.absolute) {
    spec_.action_low.assign(kActionSize, -kDelta);
    spec_.action_high.assign(kActionSize, kDelta);
  }
}

// What was there stays if the scene does not compile.
void ArmTask::Recompile() {
  ModelPtr model = CompileScene(scene_.get());
  DataPtr data(mj_makeData(model.get()));
  data_ = std::move(data);
  model_ = std::move(model);
}

std::vector<double> ArmTask::Reset(uint64_t seed) {
  CounterRandom random({.run_seed = seed, .purpose = NoisePurpose::kReset});
  const ArmVector joints = DrawArmStart(random);
  const ObjectStart start = Draw(random);
  mj_resetData(model_.get(), data_.get());
  mjtNum* q = data_->qpos;
  std::copy(joints.begin(), joints.end(), q);
  q[kArmJoints] = kFingerStart, q[kArmJoints + 1] = -kFingerStart;
  std::copy(start.position.begin(), start.position.end(), q + kObjectAt);
  q[kObjectAt + 3] = std::cos(start.yaw / 2.0), q[kObjectAt + 6] = std::sin(start.yaw / 2.0);
  mj_forward(model_.get(), data_.get());
  arm_->Restart(*data_);
  step_ = 0;
  Observed(true);
  return Observe();
}

StepResult ArmTask::Step(std::span<const double> action) {
  CheckNumbers(spec_, "action", action, spec_.action_size);
  const bool after_reset = data_->time == 0.0;
  for (int i = 0; i < kSubSteps; ++i) {
    arm_->SubStep(*model_, data_.get(), action, i, after_reset);
  }
  ++step_;
  Observed(false);
  StepResult result;
  result.observation = Observe();
  if (Diverged()) {
    result.failure = "physics_diverged";
  } else {
    result.success = Succeeds();
    result.reward = result.success ? 1.0 : 0.0;
  }
  result.done = result.success || step_ >= spec_.max_steps || !result.failure.empty();
  return result;
}

// Absolute: the last goal stays, at first the present pose. Delta: no change. A gripper command of
// 0 leaves the fingers on their way.
std::vector<double> ArmTask::Hold(std::span<const double> last) const {
  if (settings_.absolute && !last.empty()) return {last.begin(), last.end()};
  std::vector<double> action(spec_.action_size, 0.0);
  if (settings_.absolute) {
    const Vec3 position = arm_->GripPosition(*data_);
    const Vec3 turn = AxisAngleOf(arm_->GripOrientation(*data_));
    std::copy(position.begin(), position.end(), action.begin());
    std::copy(turn.begin(), turn.end(), action.begin() + 3);
  }
  if (!last.empty()) action.back() = last.back();
  return action;
}

std::vector<double> ArmTask::State() const {
  std::vector<double> state = {data_->time};
  const PandaMemory& memory = arm_->memory();
  const auto add = [&state](auto begin, size_t count) {
    state.insert(state.end(), begin, begin + count);
  };
  add(data_->qpos, model_->nq);
  add(data_->qvel, model_->nv);
  add(data_->qacc_warmstart, model_->nv);
  add(memory.rest_joints.begin(), memory.rest_joints.size());
  add(memory.grip.begin(), memory.grip.size());
  add(memory.goal_orientation.begin(), memory.goal_orientation.size());
  const std::vector<double> extra = Extra();
  add(extra.begin(), extra.size());
  return state;
}

std::vector<double> ArmTask::SetState(std::span<const double> state) {
  CheckNumbers(spec_, "state", state, spec_.state_size);
  SetExtra(state.last(parts_.extra_state));
  mj_resetData(model_.get(), data_.get());
  PandaMemory memory;
  const double* from = state.data();
  const auto take = [&from](auto to, size_t count) {
    std::copy_n(from, count, to);
    from += count;
  };
  take(&data_->time, 1);
  const double* positions = from;
  take(data_->qpos, model_->nq);
  take(data_->qvel, model_->nv);
  take(data_->qacc_warmstart, model_->nv);
  take(memory.rest_joints.begin(), memory.rest_joints.size());
  take(memory.grip.begin(), memory.grip.size());
  take(memory.goal_orientation.begin(), memory.goal_orientation.size());
  arm_->set_memory(memory);
  step_ = 0;
  // What was seen when this state was reached lags a sub-step; Euler's steps can be taken back.
  if (data_->time > 0.0) {
    mj_integratePos(model_.get(), data_->qpos, data_->qvel, -model_->opt.timestep);
  }
  mj_kinematics(model_.get(), data_.get());
  std::copy_n(positions, model_->nq, data_->qpos);
  return Observe();
}

// The robot from the front, as robosuite's "frontview" does.
TaskScene ArmTask::Scene() const {
  return {.model = model_.get(),
          .data = data_.get(),
          .looks_at = {0.0, 0.0, 0.95},
          .distance = 1.5,
          .azimuth = 180.0,
          .elevation = -25.0,
          .height = 0.0,
          .pixels_wide = 640,
          .pixels_high = 480,
          .marks = {}};
}

Pose ArmTask::Object() const {
  Pose pose;
  std::copy_n(data_->xpos + 3 * object_, 3, pose.position.begin());
  std::copy_n(data_->xquat + 4 * object_, 4, pose.orientation.begin());
  return pose;
}

std::vector<double> ArmTask::Observe() const {
  std::vector<double> observation = ObserveObject();
  const Vec3 position = arm_->GripPosition(*data_);
  const Quaternion hand = arm_->HandOrientation(*data_);
  observation.insert(observation.end(), position.begin(), position.end());
  observation.insert(observation.end(), {hand[1], hand[2], hand[3], hand[0]});
  observation.insert(observation.end(), data_->qpos + kArmJoints, data_->qpos + kRobotJoints);
  return observation;
}

bool ArmTask::Diverged() const {
  const auto small = [](double value) { return std::abs(value) < mjMAXVAL; };
  return WarningCount(*data_) > 0 || !std::all_of(data_->qpos, data_->qpos + model_->nq, small) ||
         !std::all_of(data_->qvel, data_->qvel + model_->nv, small);
}

}  // namespace sagbench::robosuite
