#pragma once

#include <array>
#include <string>
#include <vector>

#include "tasks/pusht_path.h"
#include "tasks/pusht_solver.h"

namespace sagbench::pusht {

// A straight side of the T that the agent can push: points (origin frame) along it by u.
struct Edge {
  const char* name;
  bool along_x;      // u is x and y is `fixed`, or the other way round
  double fixed;      // px
  double low, high;  // range of u, px
  Vec2 inward;       // unit normal into the T
  double middle;     // u that divides its two modes; outside the range: one mode
};
inline constexpr int kEdges = 8;
const std::array<Edge, kEdges>& Edges();

// One push: contact at u of an edge, direction `angle` from the inward normal, `length` px of
// target.
struct Push {
  int edge = 0;
  double u = 0.0, angle = 0.0, length = 0.0;
  Side side = Side::kShorter;  // of the way to it
};
inline constexpr double kLongestPush = 170.0;  // px
inline constexpr int kMaxPushes = 3;           // of a plan

// Edge and side: what a person would call a different way to go on.
int ModeOf(const Push& push);
std::string ModeName(const Push& push);

// A simulated moment while planning.
struct Moment {
  PushSolver solver;
  Vec2 target;    // the last one commanded
  int steps = 0;  // control steps since planning began
  bool success = false;

  // One control step; true when the T now covers its goal with a margin.
  bool Advance(Vec2 next_target);
};

// Where the target stands before the push moves it (the agent is 9 px off the T).
Vec2 PushStart(const Pose& origin, const Push& push);
// World direction of the push.
Vec2 PushDirection(const Pose& origin, const Push& push);

// Targets of the whole push from the moment's pose: the way, the push in equal steps, one to hold.
std::vector<Vec2> PushTargets(const Moment& moment, const Push& push);

// How far an approach may move the T: px, rad.
bool MovedTooFar(const Pose& before, const Pose& after);

// Steps that a plan takes, or, where it does not reach the goal, an over-estimate of what it would.
double PlanCost(const Moment& moment);

}  // namespace sagbench::pusht
