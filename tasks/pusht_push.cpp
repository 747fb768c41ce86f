#include "tasks/pusht_push.h"

#include <algorithm>
#include <cmath>

namespace sagbench::pusht {
namespace {

constexpr double kBackOff = 9.0;            // px between the agent and the T before a push
constexpr double kPlannedCoverage = 0.965;  // a margin for what the solver leaves out
constexpr double kNone = 1e9;
constexpr double kPessimism = 1.5;  // an optimistic estimate has the expert dither

struct GoalError {
  double distance = 0.0;  // of the centres of gravity, px
  double angle = 0.0;     // rad, not negative
};

GoalError ErrorOf(const Pose& cog) {
  static const Pose goal = CogFromOrigin(kGoal);
  return {Length({cog.x - goal.x, cog.y - goal.y}), std::abs(WrapAngle(cog.angle - goal.angle))};
}

}  // namespace

const std::array<Edge, kEdges>& Edges() {
  static const std::array<Edge, kEdges> edges = {{
      {"bar-top", true, 0.0, -58.0, 58.0, {0.0, 1.0}, 0.0},
      {"bar-left", false, -60.0, 2.0, 28.0, {1.0, 0.0}, kNone},
      {"bar-right", false, 60.0, 2.0, 28.0, {-1.0, 0.0}, kNone},
      {"underside-left", true, 30.0, -58.0, -31.0, {0.0, -1.0}, kNone},
      {"underside-right", true, 30.0, 31.0, 58.0, {0.0, -1.0}, kNone},
      {"stem-left", false, -15.0, 46.0, 118.0, {1.0, 0.0}, kNone},
      {"stem-right", false, 15.0, 46.0, 118.0, {-1.0, 0.0}, kNone},
      {"stem-end", true, 120.0, -13.0, 13.0, {0.0, -1.0}, kNone},
  }};
  return edges;
}

int ModeOf(const Push& push) {
  return 2 * push.edge + (push.u > Edges()[push.edge].middle ? 1 : 0);
}

std::string ModeName(const Push& push) {
  const Edge& edge = Edges()[push.edge];
  std::string name = edge.name;
  if (edge.middle != kNone) name += push.u > edge.middle ? "-right" : "-left";
  return push.side == Side::kOther ? name + ", other way round" : name;
}

bool Moment::Advance(Vec2 next_target) {
  solver.Step(next_target);
  target = next_target;
  ++steps;
  const GoalError error = ErrorOf(solver.cog());
  success = error.distance < 6.0 && error.angle < 0.15 &&
            Coverage(OriginFromCog(solver.cog())) > kPlannedCoverage;
  return success;
}

Vec2 PushDirection(const Pose& origin, const Push& push) {
  return Rotate(Edges()[push.edge].inward, origin.angle + push.angle);
}

Vec2 PushStart(const Pose& origin, const Push& push) {
  const Edge& edge = Edges()[push.edge];
  const Vec2 contact = edge.along_x ? Vec2{push.u, edge.fixed} : Vec2{edge.fixed, push.u};
  const Vec2 centre = contact - kAgentRadius * edge.inward;
  return ToWorld(origin, centre) - kBackOff * PushDirection(origin, push);
}

std::vector<Vec2> PushTargets(const Moment& moment, const Push& push) {
  const Pose origin = OriginFromCog(moment.solver.cog());
  const Vec2 start = PushStart(origin, push);
  const Vec2 direction = PushDirection(origin, push);
  std::vector<Vec2> targets = Ways(origin, moment.target).Targets(start, push.side);
  const int steps = std::max(1, static_cast<int>(std::ceil(push.length / kPushSpeed - 1e-9)));
  for (int i = 1; i <= steps; ++i) targets.push_back(start + (push.length * i / steps) * direction);
  targets.push_back(targets.back());
  for (Vec2& target : targets) {
    target = {std::clamp(target.x, kLowTarget, kHighTarget),
              std::clamp(target.y, kLowTarget, kHighTarget)};
  }
  return targets;
}

bool MovedTooFar(const Pose& before, const Pose& after) {
  return Length({after.x - before.x, after.y - before.y}) > 6.0 ||
         std::abs(after.angle - before.angle) > 0.08;
}

double PlanCost(const Moment& moment) {
  if (moment.success) return moment.steps;
  const Pose& cog = moment.solver.cog();
  const GoalError error = ErrorOf(cog);
  const double border =
      std::max({0.0, 64.0 - cog.x, cog.x - 448.0}) + std::max({0.0, 64.0 - cog.y, cog.y - 448.0});
  const double rest = 30.0 * std::min(1.0, (error.distance / 8.0 + 6.0 * error.angle) / 0.8) +
                      0.4 * error.distance + 30.0 * error.angle + 0.3 * border;
  return moment.steps + kPessimism * rest;
}

}  // namespace sagbench::pusht
