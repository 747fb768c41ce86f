#pragma once

#include <array>
#include <cmath>
#include <span>
#include <vector>

namespace sagbench::pusht {

struct Vec2 {
  double x = 0.0, y = 0.0;
  bool operator==(const Vec2&) const = default;
};

inline Vec2 operator+(Vec2 a, Vec2 b) {
  return {a.x + b.x, a.y + b.y};
}
inline Vec2 operator-(Vec2 a, Vec2 b) {
  return {a.x - b.x, a.y - b.y};
}
inline Vec2 operator*(double s, Vec2 v) {
  return {s * v.x, s * v.y};
}
inline double Dot(Vec2 a, Vec2 b) {
  return a.x * b.x + a.y * b.y;
}
inline double Length(Vec2 v) {
  return std::sqrt(Dot(v, v));
}
Vec2 Rotate(Vec2 v, double angle);

// Where a frame lies in the world: px, px, rad (unbounded).
struct Pose {
  double x = 0.0, y = 0.0, angle = 0.0;
};

// Axis-aligned in the T's origin frame: px.
struct Rectangle {
  double low_x, low_y, high_x, high_y;
};

// The T in its origin frame (origin: middle of the bar's outer edge) as gym-pusht builds it.
inline constexpr Rectangle kBar = {-60.0, 0.0, 60.0, 30.0};
inline constexpr Rectangle kStem = {-15.0, 30.0, 15.0, 120.0};
inline constexpr double kArea = 6300.0;          // px^2
inline constexpr double kCogOffset = 45.0;       // centre of gravity at (0, 45) in the origin frame
inline constexpr double kBlockInertia = 3000.0;  // about the centre of gravity; mass 1
inline constexpr double kAgentRadius = 15.0;     // px
inline constexpr Pose kGoal = {256.0, 256.0, 0.78539816339744830962};  // of the origin frame
inline constexpr double kSuccessCoverage = 0.95;

// The agent's control law (PD on the target, gym-pusht) and the simulation's steps.
inline constexpr double kSubStep = 0.01;  // s
inline constexpr int kSubSteps = 10;      // per control step
inline constexpr double kStiffness = 100.0;
inline constexpr double kDamping = 20.0;

// A pose of the centre of gravity as one of the origin frame, and back.
Pose OriginFromCog(const Pose& cog);
Pose CogFromOrigin(const Pose& origin);

// World position of a point of the frame `pose`.
Vec2 ToWorld(const Pose& pose, Vec2 local);
Vec2 ToLocal(const Pose& pose, Vec2 world);

// Distance of a point (origin frame) to the T, 0 inside: px.
double DistanceToT(Vec2 local);

// Angle difference in (-pi, pi].
double WrapAngle(double angle);

// Share of the goal T that a T at this origin pose covers, in [0, 1].
double Coverage(const Pose& origin);

// diffusion_policy's 9 keypoints of the T in world coordinates: x0, y0, x1, y1, ...
std::array<double, 18> Keypoints(const Pose& origin);

}  // namespace sagbench::pusht
