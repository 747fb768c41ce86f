#include "tasks/grasp.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace sagbench::robosuite {
namespace {

constexpr double kPi = std::numbers::pi;
constexpr double kApproachSpeed = 0.28, kDescentSpeed = 0.16;  // m/s
constexpr double kDisturbedShare = 0.3;
// Wide, so that where the hand is tells little about where it must go.
constexpr double kMissingShare = 0.7, kMiss = 0.02, kMostMiss = 0.045;  // m: deviation, most
constexpr double kCorrectionSpeed = 0.12;                               // m/s
constexpr int kClosing = 9;  // control steps until the fingers hold

Leg Scaled(Leg leg, double pace) {
  leg.speed *= pace;
  return leg;
}

}  // namespace

std::string GraspStyle::Name() const {
  const char* way = side < 0 ? "left" : (side > 0 ? "right" : "straight");
  return std::string(across ? "across " : "near ") + way;
}

GraspStyle DrawGraspStyle(CounterRandom& random) {
  GraspStyle style;
  style.across = random.Below(2) == 1;
  style.side = static_cast<int>(random.Below(3)) - 1;
  style.arc = random.Uniform(0.03, 0.07);
  style.pace = random.Uniform(0.8, 1.25);
  style.height = random.Uniform(0.055, 0.095);
  style.offset = {random.Uniform(-0.003, 0.003), random.Uniform(-0.005, 0.005),
                  random.Uniform(-0.003, 0.005)};
  style.pause = static_cast<int>(random.Below(5));
  style.disturbed = random.Uniform() < kDisturbedShare;
  style.astray_share = random.Uniform(0.4, 0.9);
  style.astray = {random.Uniform(-0.05, 0.05), random.Uniform(-0.05, 0.05),
                  random.Uniform(0.0, 0.03)};
  style.astray_turn = random.Uniform(-0.3, 0.3);
  if (random.Uniform() < kMissingShare) {
    for (double* side : {&style.miss[0], &style.miss[1]}) {
      *side = std::clamp(kMiss * random.Normal(), -kMostMiss, kMostMiss);
    }
    style.miss_turn = random.Uniform(-0.2, 0.2);
  }
  return style;
}

std::array<double, 2> GraspYaws(double object_yaw) {
  const double near = Wrap(object_yaw, kPi / 2.0);
  return {near, near > 0.0 ? near - kPi / 2.0 : near + kPi / 2.0};
}

bool Grasp(ArmDriver& driver, const GraspStyle& style, const GraspPose& pose) {
  const double yaw = pose.yaws[style.across ? 1 : 0];
  const Vec3 fingers = {-std::sin(yaw), std::cos(yaw), 0.0};  // the way they open
  const Vec3 beside = {std::cos(yaw), std::sin(yaw), 0.0};
  const auto target = [&](double height) {
    return driver.Object() + style.offset[0] * fingers + style.offset[1] * beside +
           Vec3{0.0, 0.0, height};
  };
  const Vec3 above = target(style.height + pose.up), way = above - driver.Hand();
  const Vec3 left = {-way[1], way[0], 0.0};
  const double width = std::max(Norm(left), 1e-3);
  const Vec3 bow = (-style.side * style.arc / width) * left;
  const Leg over = Scaled({above, yaw, -1, kCorrectionSpeed, {}, 0.006}, style.pace);
  Leg leg = Scaled({above + style.miss, yaw + style.miss_turn, -1, kApproachSpeed, bow, 0.02},
                   style.pace);
  if (style.disturbed) {
    Leg astray = leg;
    astray.position =
        driver.Hand() + style.astray_share * way + style.astray_share * bow + style.astray;
    astray.yaw = style.astray_share * yaw + style.astray_turn;
    astray.bow = {};
    astray.slack = 0.05;
    leg.bow = (1.0 - style.astray_share) * bow;
    if (!driver.Go(astray)) return false;
  }
  if (!driver.Go(leg)) return false;
  if (Norm(style.miss) > 0.0 && !driver.Go(over)) return false;
  const Vec3 down = target(pose.up + style.offset[2]);
  if (!driver.Go(Scaled({down, yaw, -1, kDescentSpeed, {}, 0.006, 0.0005}, style.pace)))
    return false;
  return driver.Hold(style.pause, -1) && driver.Hold(kClosing, 1);
}

}  // namespace sagbench::robosuite
