#pragma once

#include <array>
#include <span>
#include <vector>

#include "core/noise.h"
#include "tasks/recorder.h"
#include "tasks/rotation.h"

namespace sagbench::robosuite {

// A way of the hand, straight but for the bow: where it goes and how.
struct Leg {
  Vec3 position = {};     // of the grip site at the end, m
  double yaw = 0.0;       // of the hand pointing down, about the vertical, at the end, rad
  double gripper = -1;    // throughout: -1 opens, 1 closes
  double speed = 0.25;    // mean, of the commanded point, m/s
  Vec3 bow = {};          // how far the middle of the way is aside, m
  double slack = 0.01;    // m by which the hand may miss the end
  double wander = 0.001;  // standard deviation of the slow noise on the way, m
};

// Moves the hand of an arm task with absolute actions, as an expert commands it, and records.
class ArmDriver {
 public:
  // `observation` is the task's at its present state; `task` and `random` must outlive this.
  ArmDriver(Task& task, std::vector<double> observation, CounterRandom& random);

  // Goes along a leg and waits, for half a second at most, until the hand is there. Returns false
  // when the episode is over.
  bool Go(const Leg& leg);
  // Holds the command for some control steps.
  bool Hold(int steps, double gripper);

  Vec3 Hand() const;    // grip site as observed
  Vec3 Object() const;  // as observed
  Mat3 ObjectRotation() const;
  double ObjectYaw() const;
  double yaw() const { return yaw_; }

  bool over() const { return over_; }
  Recorder& recorder() { return recorder_; }

 private:
  bool Command(const Vec3& position, const Mat3& orientation, double gripper);
  void Wander(double deviation);

  Recorder recorder_;
  CounterRandom& random_;
  size_t hand_at_;      // in the observation
  Vec3 position_ = {};  // commanded
  Mat3 orientation_ = kIdentity3;
  Vec3 noise_ = {};
  double yaw_ = 0.0;
  bool over_ = false;
};

// The hand pointing straight down, turned by `yaw` about the vertical; at 0 its fingers open along
// y.
Mat3 HandDown(double yaw);

// `angle` less a multiple of `period`, in [-period / 2, period / 2).
double Wrap(double angle, double period);

}  // namespace sagbench::robosuite
