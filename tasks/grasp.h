#pragma once

#include <array>
#include <string>

#include "core/noise.h"
#include "tasks/arm_driver.h"

namespace sagbench::robosuite {

// What one demonstration does its own way; drawn once an episode.
struct GraspStyle {
  bool across = false;        // the fingers go about the other pair of sides, a quarter turn away
  int side = 0;               // of the arc to the object: -1 left, 0 straight, 1 right
  double arc = 0.0;           // m
  double pace = 1.0;          // factor of all speeds
  double height = 0.0;        // above the object before the descent, m
  Vec3 offset = {};           // of the grasp: across the fingers, along them, up; m
  int pause = 0;              // control steps before the fingers close
  bool disturbed = false;     // the hand is led astray once, and corrects it
  double astray_share = 0.0;  // where on the way
  Vec3 astray = {};           // how far, m
  double astray_turn = 0.0;   // rad
  Vec3 miss = {};             // of the place above the object, horizontal, corrected there; m
  double miss_turn = 0.0;     // rad

  std::string Name() const;  // of its mode: "near left", "across straight", ...
};

GraspStyle DrawGraspStyle(CounterRandom& random);

// How a hand that points down may close on an object.
struct GraspPose {
  std::array<double, 2> yaws = {};  // of the hand: style.across chooses
  double up = 0.0;                  // of the grip site above the object's centre, m
};

// Opens, goes over the object, down to the pose, and closes. Returns false when the episode is
// over.
bool Grasp(ArmDriver& driver, const GraspStyle& style, const GraspPose& pose);

// The two hand yaws (the nearer to 0, then a quarter turn away) that fit sides at `object_yaw`.
std::array<double, 2> GraspYaws(double object_yaw);

}  // namespace sagbench::robosuite
