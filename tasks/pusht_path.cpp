#include "tasks/pusht_path.h"

#include <algorithm>
#include <cmath>

namespace sagbench::pusht {
namespace {

// Corners of the convex hull of the T, 24 px outwards, in the origin frame.
constexpr std::array<Vec2, 6> kHull = {
    {{-84.0, -24.0}, {84.0, -24.0}, {84.0, 54.0}, {39.0, 144.0}, {-39.0, 144.0}, {-84.0, 54.0}}};
constexpr double kSample = 6.0;    // px between looks at a way's cost
constexpr double kChamfer = 12.0;  // px cut off each side of a corner

double PointCost(double distance_to_t, double outside) {
  double cost = 1.0;
  if (distance_to_t < 19.0) cost += distance_to_t < 15.0 ? 6.0 : 1.5;
  return outside > 0.0 ? cost + 10.0 : cost;
}

// Cuts the inner corners of a line.
std::vector<Vec2> Chamfer(const std::vector<Vec2>& line) {
  std::vector<Vec2> cut = {line.front()};
  for (size_t i = 1; i + 1 < line.size(); ++i) {
    for (const Vec2 neighbour : {line[i - 1], line[i + 1]}) {
      const Vec2 leg = neighbour - line[i];
      const double length = Length(leg);
      cut.push_back(line[i] + std::min(0.5, kChamfer / std::max(length, 1e-9)) * leg);
    }
  }
  cut.push_back(line.back());
  return cut;
}

// Distances covered after each step of a way of `length` px.
std::vector<double> Profile(double length) {
  std::vector<double> covered;
  double speed = 0.0, sum = 0.0;
  while (sum < length - 1e-9) {
    const double brake = std::sqrt(kPushSpeed * kPushSpeed + 2.0 * kAcceleration * (length - sum));
    speed = std::min({speed + kAcceleration, kFreeSpeed, brake});
    sum += speed;
    covered.push_back(sum);
  }
  for (double& distance : covered) distance *= length / sum;
  return covered;
}

}  // namespace

double OutsideWindow(Vec2 point) {
  return std::max({0.0, kLowTarget - point.x, point.x - kHighTarget, kLowTarget - point.y,
                   point.y - kHighTarget});
}

Ways::Ways(const Pose& origin, Vec2 from)
    : origin_(origin), cos_(std::cos(origin.angle)), sin_(std::sin(origin.angle)), from_(from) {
  for (int i = 0; i < kCorners; ++i) {
    corners_[i] = ToWorld(origin, kHull[i]);
    reach_[i] = Cost(from, corners_[i]);
    before_[i] = -1;
  }
  // Around a convex hull the way goes from neighbour to neighbour: three rounds settle six corners.
  std::array<double, kCorners> side;
  for (int i = 0; i < kCorners; ++i) side[i] = Cost(corners_[i], corners_[(i + 1) % kCorners]);
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < kCorners; ++i) {
      const int next = (i + 1) % kCorners;
      for (const auto& [a, b] : {std::pair{i, next}, std::pair{next, i}}) {
        if (reach_[a] + side[i] < reach_[b]) {
          reach_[b] = reach_[a] + side[i];
          before_[b] = a;
        }
      }
    }
  }
}

double Ways::Cost(Vec2 a, Vec2 b) const {
  const Vec2 leg = b - a;
  const double length = Length(leg);
  const int samples = static_cast<int>(length / kSample) + 1;
  double cost = 0.0;
  for (int i = 0; i < samples; ++i) {
    const Vec2 point = a + ((i + 0.5) / samples) * leg;
    const Vec2 gap = {point.x - origin_.x, point.y - origin_.y};
    const Vec2 local = {cos_ * gap.x + sin_ * gap.y, cos_ * gap.y - sin_ * gap.x};
    cost += PointCost(DistanceToT(local), OutsideWindow(point));
  }
  return cost * length / samples;
}

std::vector<Vec2> Ways::Line(Vec2 to) const {
  double best = Cost(from_, to);
  int last = -1;
  for (int i = 0; i < kCorners; ++i) {
    if (reach_[i] >= best) continue;
    const double cost = reach_[i] + Cost(corners_[i], to);
    if (cost < best) best = cost, last = i;
  }
  std::vector<Vec2> line = {to};
  for (int i = last; i >= 0; i = before_[i]) line.push_back(corners_[i]);
  line.push_back(from_);
  std::reverse(line.begin(), line.end());
  return line;
}

std::vector<Vec2> Ways::Targets(Vec2 to) const {
  const std::vector<Vec2> line = Chamfer(Line(to));
  double total = 0.0;
  for (size_t i = 1; i < line.size(); ++i) total += Length(line[i] - line[i - 1]);
  std::vector<Vec2> targets;
  size_t leg = 1;
  double passed = 0.0;  // length of the legs before `leg`
  for (const double covered : Profile(total)) {
    double length = Length(line[leg] - line[leg - 1]);
    while (covered > passed + length && leg + 1 < line.size()) {
      passed += length;
      ++leg;
      length = Length(line[leg] - line[leg - 1]);
    }
    const double share = length > 0.0 ? std::min(1.0, (covered - passed) / length) : 1.0;
    targets.push_back(line[leg - 1] + share * (line[leg] - line[leg - 1]));
  }
  return targets;
}

}  // namespace sagbench::pusht
