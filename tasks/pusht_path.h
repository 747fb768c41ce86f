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

// Which side of the T a way passes.
enum class Side { kShorter, kOther };

// Ways of the agent's target around a T that stands still: a visibility graph over the corners of
// the T's convex hull, set off by 24 px; coming near the T or leaving the window costs extra.
class Ways {
 public:
  Ways(const Pose& origin, Vec2 from);

  // Targets, one per control step, from `from` (excluded) to `to` (the last one): speeds up from
  // rest, and arrives at the speed of a push. kOther: round the other side of the T, where there is
  // such a way.
  std::vector<Vec2> Targets(Vec2 to, Side side = Side::kShorter) const;

 private:
  static constexpr int kCorners = 6;
  // A way along the hull in one turning direction, up to each corner: its cost and the corner
  // before
  // (-1: comes from `from_`).
  struct Ring {
    int turn;  // +1 or -1: the next corner's index less this one's
    std::array<double, kCorners> cost;
    std::array<int, kCorners> before;
  };

  double Cost(Vec2 a, Vec2 b) const;  // px
  Ring MakeRing(int turn, const std::array<double, kCorners>& sides) const;
  std::vector<Vec2> Through(const Ring& ring, int last, Vec2 to) const;
  std::vector<Vec2> Shortest(Vec2 to) const;
  std::vector<Vec2> OtherSide(const std::vector<Vec2>& shortest) const;
  double Sweep(const std::vector<Vec2>& line) const;

  Pose origin_;
  double cos_, sin_;
  Vec2 from_;
  std::array<Vec2, kCorners> corners_;
  std::array<double, kCorners> entry_;  // cost from `from_` straight to each corner
  std::array<Ring, 2> rings_;
};

}  // namespace sagbench::pusht
