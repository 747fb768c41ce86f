#include "tasks/pusht_starts.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/noise.h"

namespace sagbench::pusht {
namespace {

constexpr uint32_t kStartStream = 1;  // NoiseKey::step of the draws below
constexpr double kPi = std::numbers::pi;

// Agent 15.5 to 80 px from the T, inside the targets' square.
Vec2 DrawAgent(const Pose& origin, CounterRandom& random) {
  while (true) {
    const Vec2 local = {random.Uniform(-140.0, 140.0), random.Uniform(-80.0, 200.0)};
    const double distance = DistanceToT(local);
    const Vec2 agent = ToWorld(origin, local);
    if (distance > kAgentRadius + 0.5 && distance < 80.0 && OutsideWindow(agent) == 0.0)
      return agent;
  }
}

// Near the goal, mostly very near: the share of the way is the square of a uniform number.
std::vector<double> NearGoal(const ExpertRequest& request) {
  CounterRandom random({request.seed, 0, 0, kStartStream, NoisePurpose::kExpert});
  const Pose goal = CogFromOrigin(kGoal);
  while (true) {
    const double u = random.Uniform();
    const double way = u * u;
    const double offset = (4.0 + 90.0 * way) * random.Uniform();
    const double bearing = random.Uniform(0.0, 2.0 * kPi);
    const Pose cog = {goal.x + offset * std::cos(bearing), goal.y + offset * std::sin(bearing),
                      goal.angle + (0.05 + 0.9 * way) * random.Normal()};
    const Pose origin = OriginFromCog(cog);
    const Vec2 agent = DrawAgent(origin, random);
    if (Coverage(origin) > kSuccessCoverage) continue;
    return {agent.x, agent.y, 0.0, 0.0, cog.x, cog.y, cog.angle, 0.0, 0.0, 0.0};
  }
}

}  // namespace

std::vector<double> Start(Task& task, const ExpertRequest& request) {
  switch (request.start) {
    case StartKind::kReset:
      return task.Reset(request.seed);
    case StartKind::kNearGoal:
      return task.SetState(NearGoal(request));
    case StartKind::kState:
      break;
  }
  return task.SetState(request.state);
}

Moment MomentOf(std::span<const double> state, Vec2 target) {
  PushSolver solver({state[0], state[1]}, {state[4], state[5], state[6]});
  solver.set_agent_velocity({state[2], state[3]});
  solver.set_pending({state[7], state[8]}, state[9]);
  return {solver, target, 0, false};
}

Vec2 TargetOf(std::span<const double> state) {
  const Vec2 ahead = Vec2{state[0], state[1]} + (kDamping / kStiffness) * Vec2{state[2], state[3]};
  return {std::clamp(ahead.x, kLowTarget, kHighTarget),
          std::clamp(ahead.y, kLowTarget, kHighTarget)};
}

}  // namespace sagbench::pusht
