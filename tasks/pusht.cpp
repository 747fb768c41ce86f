#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <memory>
#include <numbers>
#include <string>
#include <vector>

#include "tasks/model.h"
#include "tasks/numpy_random.h"
#include "tasks/pusht_geometry.h"
#include "tasks/task.h"

namespace sagbench {
namespace {

using pusht::Pose;
using pusht::Vec2;

constexpr double kPi = std::numbers::pi;
constexpr int kAgent = 0, kBlock = 2;  // first degree of freedom

// Of a picture: as the original shows it, y down, so that it is seen from below (z up).
constexpr double kMiddle = 256.0, kSide = 512.0;       // px
constexpr double kGoalBehind = 150.0, kBoard = 200.0;  // z: behind the block, behind the goal
constexpr std::array<float, 4> kGoalColour = {0.56F, 0.83F, 0.56F, 1.0F};
constexpr std::array<float, 4> kBoardColour = {0.97F, 0.97F, 0.97F, 1.0F};

SceneMark GoalMark(const pusht::Rectangle& part) {
  const Vec2 centre = pusht::ToWorld(
      pusht::kGoal, {(part.low_x + part.high_x) / 2.0, (part.low_y + part.high_y) / 2.0});
  return {.centre = {centre.x, centre.y, kGoalBehind},
          .half_size = {(part.high_x - part.low_x) / 2.0, (part.high_y - part.low_y) / 2.0, 1.0},
          .turn = pusht::kGoal.angle,
          .colour = kGoalColour};
}

// Push-T of gym-pusht / diffusion_policy (pixels, seconds, y down) with MuJoCo's contacts.
// State: agent x, y, vx, vy; block's centre of gravity x, y, angle; the velocity of it that the
// next sub-step integrates (quasi-static: it lasts one sub-step).
class PushT : public Task {
 public:
  explicit PushT(const KnobValues& knobs)
      : legacy_(knobs.Choice("reset") == "legacy"),
        keypoints_(knobs.Choice("observation") == "keypoints"),
        model_(LoadModel("pusht.xml")),
        data_(mj_makeData(model_.get())) {
    spec_.name = "pusht";
    spec_.observation_keys = keypoints_
                                 ? std::vector<ObservationKey>{{"keypoints", 18}, {"agent_pos", 2}}
                                 : std::vector<ObservationKey>{{"state", 5}};
    spec_.observation_size = keypoints_ ? 20 : 5;
    spec_.action_size = 2;
    spec_.state_size = 10;
    spec_.max_steps = 300;
    spec_.last_seed = UINT32_MAX;
    spec_.control_period = pusht::kSubStep * pusht::kSubSteps;
    spec_.has_score = true;
    spec_.action_low = {0.0, 0.0};
    spec_.action_high = {512.0, 512.0};
  }

  const TaskSpec& spec() const override { return spec_; }

  // The original's draws in its order, then its one settling sub-step.
  std::vector<double> Reset(uint64_t seed) override {
    if (seed > spec_.last_seed) {
      throw UsageError("seed {}: push-T takes 0 to {}", seed, spec_.last_seed);
    }
    NumpyRandom random(static_cast<uint32_t>(seed));
    std::array<double, 4> drawn;
    for (int i = 0; i < 4; ++i) {
      drawn[i] = static_cast<double>(i < 2 ? random.Integer(50, 450) : random.Integer(100, 400));
    }
    const double angle = random.Normal() * 2.0 * kPi - kPi;
    Clear();
    agent_ = {drawn[0], drawn[1]};
    // Legacy: the position is set first, then the angle turns the block about its centre of
    // gravity.
    cog_ = legacy_ ? Pose{drawn[2], drawn[3] + pusht::kCogOffset, angle}
                   : pusht::CogFromOrigin({drawn[2], drawn[3], angle});
    Advance();
    return Observation();
  }

  StepResult Step(std::span<const double> action) override {
    CheckNumbers(spec_, "action", action, spec_.action_size);
    const Vec2 target = {action[0], action[1]};
    for (int i = 0; i < pusht::kSubSteps; ++i) {
      const Vec2 pull = pusht::kStiffness * (target - agent_) - pusht::kDamping * agent_velocity_;
      agent_velocity_ = agent_velocity_ + pusht::kSubStep * pull;
      agent_ = agent_ + pusht::kSubStep * agent_velocity_;
      Advance();
    }
    ++step_;
    StepResult result;
    result.observation = Observation();
    if (Diverged()) {
      result.failure = "physics_diverged";
    } else {
      const double coverage = pusht::Coverage(pusht::OriginFromCog(cog_));
      result.reward = std::clamp(coverage / pusht::kSuccessCoverage, 0.0, 1.0);
      result.success = coverage > pusht::kSuccessCoverage;
    }
    result.done = result.success || step_ >= spec_.max_steps || !result.failure.empty();
    return result;
  }

  // The last target goes on pulling.
  std::vector<double> Hold(std::span<const double> last) const override {
    if (!last.empty()) return {last.begin(), last.end()};
    return {agent_.x, agent_.y};
  }

  std::vector<double> State() const override {
    return {agent_.x, agent_.y,   agent_velocity_.x, agent_velocity_.y, cog_.x,
            cog_.y,   cog_.angle, pending_[0],       pending_[1],       pending_[2]};
  }

  std::vector<double> SetState(std::span<const double> state) override {
    CheckNumbers(spec_, "state", state, spec_.state_size);
    Clear();
    agent_ = {state[0], state[1]};
    agent_velocity_ = {state[2], state[3]};
    cog_ = {state[4], state[5], state[6]};
    std::copy(state.begin() + 7, state.end(), pending_.begin());
    Place();
    return Observation();
  }

  TaskScene Scene() const override {
    return {.model = model_.get(),
            .data = data_.get(),
            .looks_at = {kMiddle, kMiddle, 0.0},
            .distance = kSide,
            .azimuth = 90.0,
            .elevation = 90.0,
            .height = kSide,
            .marks = {{.centre = {kMiddle, kMiddle, kBoard},
                       .half_size = {kSide / 2.0, kSide / 2.0, 1.0},
                       .colour = kBoardColour},
                      GoalMark(pusht::kBar),
                      GoalMark(pusht::kStem)}};
  }

 private:
  void Clear() {
    mj_resetData(model_.get(), data_.get());
    agent_velocity_ = {};
    pending_ = {};
    step_ = 0;
  }

  // Puts agent and block where they are.
  void Place() {
    mjtNum* q = data_->qpos;
    q[kAgent] = agent_.x, q[kAgent + 1] = agent_.y;
    q[kBlock] = cog_.x, q[kBlock + 1] = cog_.y, q[kBlock + 2] = cog_.angle;
    mjtNum* v = data_->qvel;
    v[kAgent] = agent_velocity_.x, v[kAgent + 1] = agent_velocity_.y;
    std::fill_n(v + kBlock, 3, 0.0);
  }

  // One sub-step in Chipmunk's order: the block moves by the velocity that the last contacts gave
  // it, which is then forgotten (damping 0); the contacts of the new positions give the next one.
  void Advance() {
    cog_.x += pusht::kSubStep * pending_[0];
    cog_.y += pusht::kSubStep * pending_[1];
    cog_.angle += pusht::kSubStep * pending_[2];
    Place();
    mj_forward(model_.get(), data_.get());
    for (int i = 0; i < 3; ++i) pending_[i] = pusht::kSubStep * data_->qacc[kBlock + i];
  }

  bool Diverged() const {
    const std::vector<double> state = State();
    return WarningCount(*data_) > 0 || !std::all_of(state.begin(), state.end(), [](double value) {
             return std::abs(value) < mjMAXVAL;
           });
  }

  std::vector<double> Observation() const {
    const Pose origin = pusht::OriginFromCog(cog_);
    if (!keypoints_) {
      const double turn = std::fmod(cog_.angle, 2.0 * kPi);
      return {agent_.x, agent_.y, origin.x, origin.y, turn < 0.0 ? turn + 2.0 * kPi : turn};
    }
    const std::array<double, 18> points = pusht::Keypoints(origin);
    std::vector<double> observation(points.begin(), points.end());
    observation.push_back(agent_.x);
    observation.push_back(agent_.y);
    return observation;
  }

  TaskSpec spec_;
  bool legacy_, keypoints_;
  ModelPtr model_;
  DataPtr data_;
  Vec2 agent_, agent_velocity_;
  Pose cog_;
  std::array<double, 3> pending_ = {};
  int step_ = 0;
};

const bool registered = Tasks().Add(
    {"pusht",
     "push a T onto its goal pose with a round pusher (2-d, MuJoCo)",
     {ChoiceKnob("reset", "legacy", {"legacy", "exact"},
                 "legacy: the block turns about its centre of gravity after it was placed, as in "
                 "the original's runner; exact: the drawn pose is the block's"),
      ChoiceKnob("observation", "keypoints", {"keypoints", "state"},
                 "keypoints: 9 points of the T and the agent; state: agent, block x, y, angle")},
     [](const KnobValues& knobs) { return std::make_unique<PushT>(knobs); }});

}  // namespace
}  // namespace sagbench
