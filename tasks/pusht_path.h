#pragma once

#include <array>
#include <vector>

#include "tasks/pusht_geometry.h"

namespace sagbench::pusht {

// Targets stay where the window ends and the agent still fits in: px.
inline constexpr double kLowTarget = 4.0, kHighTarget = 508.0;
inline constexpr double kFreeSpeed = 14.0;    // of the target on its way to a push: px per step
inline constexpr double kPushSpeed = 8.0;     // px per step
inline constexpr double kAcceleration = 4.0;  // px per step^2

// How far a point lies outside the targets' square: px, 0 inside.
double OutsideWindow(Vec2 point);

// Ways of the agent's target around a T that stands still: a visibility graph over the corners of
// the T's convex hull, set off by 24 px; coming near the T or leaving the window costs extra.
class Ways {
 public:
  Ways(const Pose& origin, Vec2 from);

  // Targets, one per control step, from `from` (excluded) to `to` (the last one): speeds up from
  // rest, and arrives at the speed of a push.
  std::vector<Vec2> Targets(Vec2 to) const;

 private:
  static constexpr int kCorners = 6;
  double Cost(Vec2 a, Vec2 b) const;  // px
  std::vector<Vec2> Line(Vec2 to) const;

  Pose origin_;
  double cos_, sin_;
  Vec2 from_;
  std::array<Vec2, kCorners> corners_;
  std::array<double, kCorners> reach_;  // cheapest cost from `from`
  std::array<int, kCorners> before_;    // corner before this one on that way, or -1
};

}  // namespace sagbench::pusht
