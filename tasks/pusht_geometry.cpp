#include "tasks/pusht_geometry.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace sagbench::pusht {
namespace {

constexpr double kPi = std::numbers::pi;

// Farthest-point samples of diffusion_policy's rendered T (push-T keypoint manager, seed 0).
constexpr std::array<Vec2, 9> kLocalKeypoints = {{
    {9.269786713763871, 90.04097352393619},
    {-60.983472364471474, -1.1867297607997276},
    {60.91275557727772, -1.3933642242328201},
    {-0.2705034390160016, 25.54362499146542},
    {-14.064927576212233, 122.81585355412153},
    {39.002738500170146, 32.857404276587566},
    {-39.966414424694534, 32.729655446429945},
    {-16.82434437939744, 62.86317892234989},
    {23.54146122024909, -1.7002881094626152},
}};

// A convex polygon of at most 8 corners: the intersection of two rectangles.
struct Polygon {
  std::array<Vec2, 8> corners;
  int count = 0;
  void Add(Vec2 corner) { corners[count++] = corner; }
};

double Area(const Polygon& polygon) {
  double twice = 0.0;
  for (int i = 0; i < polygon.count; ++i) {
    const Vec2 a = polygon.corners[i];
    const Vec2 b = polygon.corners[(i + 1) % polygon.count];
    twice += a.x * b.y - a.y * b.x;
  }
  return 0.5 * std::abs(twice);
}

// Keeps the part with dot(normal, p) <= limit (Sutherland and Hodgman's clipping).
Polygon Clip(const Polygon& polygon, Vec2 normal, double limit) {
  Polygon kept;
  for (int i = 0; i < polygon.count; ++i) {
    const Vec2 a = polygon.corners[i];
    const Vec2 b = polygon.corners[(i + 1) % polygon.count];
    const double outside_a = Dot(normal, a) - limit;
    const double outside_b = Dot(normal, b) - limit;
    if (outside_a <= 0.0) kept.Add(a);
    if ((outside_a < 0.0 && outside_b > 0.0) || (outside_a > 0.0 && outside_b < 0.0)) {
      kept.Add(a + (outside_a / (outside_a - outside_b)) * (b - a));
    }
  }
  return kept;
}

double Overlap(const Rectangle& mine, const Pose& pose, const Rectangle& other) {
  Polygon polygon;
  polygon.Add(ToWorld(pose, {mine.low_x, mine.low_y}));
  polygon.Add(ToWorld(pose, {mine.high_x, mine.low_y}));
  polygon.Add(ToWorld(pose, {mine.high_x, mine.high_y}));
  polygon.Add(ToWorld(pose, {mine.low_x, mine.high_y}));
  polygon = Clip(polygon, {-1.0, 0.0}, -other.low_x);
  polygon = Clip(polygon, {1.0, 0.0}, other.high_x);
  polygon = Clip(polygon, {0.0, -1.0}, -other.low_y);
  polygon = Clip(polygon, {0.0, 1.0}, other.high_y);
  return Area(polygon);
}

double DistanceTo(const Rectangle& box, Vec2 p) {
  const double dx = std::max({box.low_x - p.x, 0.0, p.x - box.high_x});
  const double dy = std::max({box.low_y - p.y, 0.0, p.y - box.high_y});
  return Length({dx, dy});
}

}  // namespace

Vec2 Rotate(Vec2 v, double angle) {
  const double c = std::cos(angle), s = std::sin(angle);
  return {c * v.x - s * v.y, s * v.x + c * v.y};
}

Vec2 ToWorld(const Pose& pose, Vec2 local) {
  return Vec2{pose.x, pose.y} + Rotate(local, pose.angle);
}

Vec2 ToLocal(const Pose& pose, Vec2 world) {
  return Rotate(world - Vec2{pose.x, pose.y}, -pose.angle);
}

Pose OriginFromCog(const Pose& cog) {
  const Vec2 origin = ToWorld(cog, {0.0, -kCogOffset});
  return {origin.x, origin.y, cog.angle};
}

Pose CogFromOrigin(const Pose& origin) {
  const Vec2 cog = ToWorld(origin, {0.0, kCogOffset});
  return {cog.x, cog.y, origin.angle};
}

double DistanceToT(Vec2 local) {
  return std::min(DistanceTo(kBar, local), DistanceTo(kStem, local));
}

double WrapAngle(double angle) {
  const double wrapped = std::remainder(angle, 2.0 * kPi);
  return wrapped <= -kPi ? kPi : wrapped;
}

double Coverage(const Pose& origin) {
  const Vec2 offset = ToLocal(kGoal, {origin.x, origin.y});
  const Pose in_goal = {offset.x, offset.y, origin.angle - kGoal.angle};
  double overlap = 0.0;
  for (const Rectangle& mine : {kBar, kStem}) {
    for (const Rectangle& other : {kBar, kStem}) overlap += Overlap(mine, in_goal, other);
  }
  return overlap / kArea;
}

std::array<double, 18> Keypoints(const Pose& origin) {
  std::array<double, 18> values;
  const double c = std::cos(origin.angle), s = std::sin(origin.angle);
  for (size_t i = 0; i < kLocalKeypoints.size(); ++i) {
    const Vec2 p = kLocalKeypoints[i];
    values[2 * i] = origin.x + (c * p.x - s * p.y);
    values[2 * i + 1] = origin.y + (s * p.x + c * p.y);
  }
  return values;
}

}  // namespace sagbench::pusht
