#include "tasks/pusht_path.h"

#include <algorithm>
#include <cmath>
#include <limits>

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
    entry_[i] = Cost(from, corners_[i]);
  }
  std::array<double, kCorners> sides;  // side i: corner i to the next one
  for (int i = 0; i < kCorners; ++i) sides[i] = Cost(corners_[i], corners_[(i + 1) % kCorners]);
  rings_ = {MakeRing(1, sides), MakeRing(-1, sides)};
}

Ways::Ring Ways::MakeRing(int turn, const std::array<double, kCorners>& sides) const {
  Ring ring = {turn, entry_, {}};
  ring.before.fill(-1);
  // The cheapest corner to enter at is entered straight; from there once around settles the rest.
  const int first =
      static_cast<int>(std::min_element(entry_.begin(), entry_.end()) - entry_.begin());
  for (int i = 0, corner = first; i + 1 < kCorners; ++i) {
    const int next = (corner + turn + kCorners) % kCorners;
    const double cost = ring.cost[corner] + sides[turn > 0 ? corner : next];
    if (cost < ring.cost[next]) ring.cost[next] = cost, ring.before[next] = corner;
    corner = next;
  }
  return ring;
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

std::vector<Vec2> Ways::Through(const Ring& ring, int last, Vec2 to) const {
  std::vector<Vec2> line = {to};
  for (int i = last; i >= 0; i = ring.before[i]) line.push_back(corners_[i]);
  line.push_back(from_);
  std::reverse(line.begin(), line.end());
  return line;
}

std::vector<Vec2> Ways::Shortest(Vec2 to) const {
  double best = Cost(from_, to);
  int last = -1;
  const Ring* best_ring = &rings_[0];
  for (int i = 0; i < kCorners; ++i) {
    const Ring& ring = rings_[rings_[1].cost[i] < rings_[0].cost[i] ? 1 : 0];
    if (ring.cost[i] >= best) continue;
    const double cost = ring.cost[i] + Cost(corners_[i], to);
    if (cost < best) best = cost, last = i, best_ring = &ring;
  }
  return Through(*best_ring, last, to);
}

double Ways::Sweep(const std::vector<Vec2>& line) const {
  const Vec2 centre = ToWorld(origin_, {0.0, kCogOffset});
  double sweep = 0.0;
  for (size_t i = 1; i < line.size(); ++i) {
    const Vec2 a = line[i - 1] - centre, b = line[i] - centre;
    sweep += std::atan2(a.x * b.y - a.y * b.x, Dot(a, b));
  }
  return sweep;
}

// The cheapest line that turns about the T in the other direction.
std::vector<Vec2> Ways::OtherSide(const std::vector<Vec2>& shortest) const {
  const Vec2 to = shortest.back();
  const double sweep = Sweep(shortest);
  double best = std::numeric_limits<double>::infinity();
  std::vector<Vec2> chosen = shortest;
  for (const Ring& ring : rings_) {
    for (int i = 0; i < kCorners; ++i) {
      const std::vector<Vec2> line = Through(ring, i, to);
      const double cost = ring.cost[i] + Cost(corners_[i], to);
      if (cost < best && std::abs(Sweep(line) - sweep) > 3.0) best = cost, chosen = line;
    }
  }
  return chosen;
}

std::vector<Vec2> Ways::Targets(Vec2 to, Side side) const {
  const std::vector<Vec2> shortest = Shortest(to);
  const std::vector<Vec2> line = Chamfer(side == Side::kShorter ? shortest : OtherSide(shortest));
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
