#include <cmath>
#include <memory>
#include <vector>

#include "tasks/robosuite_task.h"

namespace sagbench::robosuite {
namespace {

// Where the can counts as placed: its compartment of the second bin, m.
constexpr Vec3 kLow = {0.1, 0.28, 0.8}, kHigh = {0.295, 0.525, 0.9};
constexpr double kReach = 0.6;  // of 1 - tanh(10 distance): the hand must be farther away

// Robosuite's PickPlaceCan. The state ends with the poses of the can at the last two observations.
class Can : public ArmTask {
 public:
  explicit Can(const KnobValues& knobs)
      : ArmTask({.name = "can",
                 .robomimic_name = "PickPlaceCan",
                 .object_body = "Can_main",
                 .object_size = 14,
                 .extra_state = 14,
                 .low = {0.0, -0.35, 0.9},
                 .high = {0.2, 0.4, 1.1}},
                knobs) {}

 protected:
  ObjectStart Draw(CounterRandom& random) override { return DrawCanStart(random); }

  // Pose of the can in the world and in the hand's frame; 1.5 has the latter first.
  std::vector<double> ObserveObject() const override {
    const auto [p, q] = Object();
    const std::vector<double> own = {p[0], p[1], p[2], q[1], q[2], q[3], q[0]};
    const std::vector<double> relative = InHand(legacy() ? Object() : before_);
    std::vector<double> all = legacy() ? own : relative;
    const std::vector<double>& last = legacy() ? relative : own;
    all.insert(all.end(), last.begin(), last.end());
    return all;
  }

  bool Succeeds() const override {
    const Vec3 can = Object().position;
    for (int i = 0; i < 3; ++i) {
      if (can[i] <= kLow[i] || can[i] >= kHigh[i]) return false;
    }
    return 1.0 - std::tanh(10.0 * Norm(GripPosition() - can)) < kReach;
  }

  void Observed(bool first) override {
    before_ = first ? Pose{} : seen_;
    seen_ = Object();
  }

  std::vector<double> Extra() const override {
    std::vector<double> extra;
    for (const Pose& pose : {before_, seen_}) {
      extra.insert(extra.end(), pose.position.begin(), pose.position.end());
      extra.insert(extra.end(), pose.orientation.begin(), pose.orientation.end());
    }
    return extra;
  }

  void SetExtra(std::span<const double> extra) override {
    for (Pose* pose : {&before_, &seen_}) {
      std::copy_n(extra.begin(), 3, pose->position.begin());
      std::copy_n(extra.begin() + 3, 4, pose->orientation.begin());
      extra = extra.subspan(7);
    }
  }

 private:
  // Position and quaternion (x, y, z, w) from the hand; 0 where there is no pose.
  std::vector<double> InHand(const Pose& can) const {
    if (can.orientation == Quaternion{}) return std::vector<double>(7, 0.0);
    const Mat3 to_hand = Transpose(RotationOf(HandOrientation()));
    const Vec3 p = Multiply(to_hand, can.position - GripPosition());
    const Quaternion q = QuaternionOf(Multiply(to_hand, RotationOf(can.orientation)));
    return {p[0], p[1], p[2], q[1], q[2], q[3], q[0]};
  }

  Pose before_, seen_;  // 1.5's relative pose shows the can as it was one observation before
};

const bool registered = Tasks().Add(
    {"can", "put a can into its bin with a Panda arm (robosuite's PickPlaceCan)", PandaKnobs(),
     [](const KnobValues& knobs) { return std::make_unique<Can>(knobs); }});

}  // namespace
}  // namespace sagbench::robosuite
