#include <memory>

#include "tasks/arm_expert.h"

namespace sagbench::robosuite {
namespace {

constexpr double kCarry = 1.03;     // m; the walls of the bins end at 0.9, the can is 0.1 high
constexpr double kHeld = 0.93;      // the can's centre is above it: the grasp did not slip
constexpr double kRelease = 0.915;  // of the grip site, m
constexpr int kOpening = 5;         // control steps

class CanExpert : public ArmExpert {
 public:
  CanExpert() : ArmExpert("can") {}

 protected:
  double GraspHeight() const override { return 0.015; }

  void Finish(ArmDriver& driver, const GraspStyle& style, CounterRandom& random) override {
    const double pace = style.pace, yaw = driver.yaw(), carry = kCarry + random.Uniform(0, 0.06);
    const Vec3 hand = driver.Hand();
    if (!driver.Go({{hand[0], hand[1], carry}, yaw, 1, 0.25 * pace})) return;
    if (driver.Object()[2] < kHeld) return;
    const Vec3 goal = {random.Uniform(0.145, 0.19), random.Uniform(0.335, 0.4), carry};
    const double side = random.Below(2) == 0 ? -1.0 : 1.0, turned = 0.3 * yaw;
    const Vec3 bow = {side * random.Uniform(0.0, 0.07), 0.0, random.Uniform(0.0, 0.03)};
    if (!driver.Go({goal, turned, 1, 0.33 * pace, bow, 0.03})) return;
    if (driver.Object()[2] < kHeld) return;
    if (!driver.Go({{goal[0], goal[1], kRelease}, turned, 1, 0.22 * pace, {}, 0.012})) return;
    if (!driver.Hold(kOpening, -1)) return;
    driver.Go({{goal[0], goal[1], carry}, turned, -1, 0.25 * pace});
  }
};

const bool registered = Experts().Add(
    {"can",
     "scripted grasps and carries: two grasps, three ways to the can, arcs, corrections",
     {},
     [](const KnobValues&) { return std::make_unique<CanExpert>(); }});

}  // namespace
}  // namespace sagbench::robosuite
