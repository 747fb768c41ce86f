#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <numbers>

#include "tasks/arm_expert.h"

namespace sagbench::robosuite {
namespace {

constexpr double kCarry = 1.03;     // m; the walls of the bins end at 0.9, the can is 0.1 high
constexpr double kHeld = 0.93;      // the can's centre is above it: the grasp did not slip
constexpr double kRelease = 0.915;  // of the grip site, m
constexpr double kInBin = 0.88;     // the can's centre is below it: it lies or stands there
constexpr double kLifted = 0.88;    // the can's centre is above it: it stands nowhere
constexpr double kAround = 0.03;    // m from the can's axis, where the fingers are about it
constexpr double kAtGrasp = 0.015;  // m from the height of a grasp
constexpr double kGraspUp = 0.015;  // of the grip site above an upright can's centre, m
constexpr double kUpright = 0.8;    // cosine of its tilt
constexpr int kOpening = 5;         // control steps
constexpr int kClosingAgain = 9;

struct Area {
  std::array<double, 2> x, y;  // m
};
constexpr Area kGoal = {{0.15, 0.195}, {0.335, 0.4}};      // where cans are put down
constexpr Area kOverGoal = {{0.125, 0.21}, {0.31, 0.43}};  // where a held can may be let down
constexpr Area kBin = {{0.1, 0.295}, {0.28, 0.525}};       // where a can has arrived

bool Inside(const Vec3& point, const Area& area) {
  return point[0] > area.x[0] && point[0] < area.x[1] && point[1] > area.y[0] &&
         point[1] < area.y[1];
}

class CanExpert : public ArmExpert {
 public:
  CanExpert() : ArmExpert("can") {}

 protected:
  // A can that was knocked over is taken across its axis.
  GraspPose Pose(const ArmDriver& driver) const override {
    const Mat3 can = driver.ObjectRotation();
    const Vec3 axis = {can[2], can[5], can[8]};
    if (std::abs(axis[2]) > kUpright) return {GraspYaws(driver.ObjectYaw()), kGraspUp};
    const double yaw = Wrap(std::atan2(axis[1], axis[0]), std::numbers::pi);
    return {{yaw, yaw}, 0.0};
  }

  void Finish(ArmDriver& driver, const GraspStyle& style, CounterRandom& random) override {
    const double carry = kCarry + random.Uniform(0, 0.06);
    Carry(driver, style, std::max(carry, driver.Hand()[2]), random);
  }

  void Continue(ArmDriver& driver, const GraspStyle& style, CounterRandom& random) override {
    const Vec3 can = driver.Object(), hand = driver.Hand();
    if (Inside(can, kBin) && can[2] < kInBin) {
      if (driver.Hold(kOpening, -1)) Leave(driver, style, kCarry);
      return;
    }
    const Vec3 miss = hand - can - Vec3{0.0, 0.0, Pose(driver).up};
    const bool around = std::hypot(miss[0], miss[1]) < kAround;
    if (around && can[2] > kLifted) {
      if (Inside(can, kOverGoal)) {
        Place(driver, style, {hand[0], hand[1], kCarry}, driver.yaw());
      } else {
        Finish(driver, style, random);
      }
    } else if (around && std::abs(miss[2]) < kAtGrasp && driver.Hold(kClosingAgain, 1)) {
      Finish(driver, style, random);
    }
  }

 private:
  void Carry(ArmDriver& driver, const GraspStyle& style, double height, CounterRandom& random) {
    const double pace = style.pace, yaw = driver.yaw();
    const Vec3 hand = driver.Hand();
    if (!driver.Go({{hand[0], hand[1], height}, yaw, 1, 0.25 * pace})) return;
    if (driver.Object()[2] < kHeld) return;
    const double side = random.Below(2) == 0 ? -1.0 : 1.0, turned = 0.3 * yaw;
    // The can, not the hand, goes to the goal: it may be held by its edge.
    const Vec3 held =
        Multiply(RotationOf(Vec3{0.0, 0.0, turned - yaw}), driver.Hand() - driver.Object());
    const Vec3 goal = {random.Uniform(kGoal.x[0], kGoal.x[1]) + held[0],
                       random.Uniform(kGoal.y[0], kGoal.y[1]) + held[1], height};
    const Vec3 bow = {side * random.Uniform(0.0, 0.07), 0.0, random.Uniform(0.0, 0.03)};
    if (!driver.Go({goal, turned, 1, 0.33 * pace, bow, 0.03})) return;
    if (driver.Object()[2] < kHeld) return;
    Place(driver, style, goal, turned);
  }

  // Down from above `goal`, and up to its height again without the can.
  static void Place(ArmDriver& driver, const GraspStyle& style, const Vec3& goal, double yaw) {
    const Vec3 down = {goal[0], goal[1], kRelease};
    if (!driver.Go({down, yaw, 1, 0.22 * style.pace, {}, 0.012})) return;
    if (!driver.Hold(kOpening, -1)) return;
    driver.Go({goal, yaw, -1, 0.25 * style.pace});
  }

  static void Leave(ArmDriver& driver, const GraspStyle& style, double height) {
    const Vec3 hand = driver.Hand();
    driver.Go({{hand[0], hand[1], height}, driver.yaw(), -1, 0.25 * style.pace});
  }
};

const bool registered = Experts().Add(
    {"can",
     "scripted grasps and carries: two grasps, three ways to the can, arcs, corrections",
     {},
     [](const KnobValues&) { return std::make_unique<CanExpert>(); }});

}  // namespace
}  // namespace sagbench::robosuite
