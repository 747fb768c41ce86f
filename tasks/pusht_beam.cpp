#include "tasks/pusht_beam.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <tuple>

namespace sagbench::pusht {
namespace {

constexpr int kMostPerBin = 2;  // plans kept that leave the T in the same bin
constexpr double kModeMargin =
    30;  // steps by which an unfinished plan may look worse and still be kept

// A push that leaves the T where it was is no way forward, however cheap.
bool Moved(const Pose& before, const Pose& after) {
  return Length({after.x - before.x, after.y - before.y}) > 2.0 ||
         std::abs(after.angle - before.angle) > 0.02;
}

struct Node {
  Moment moment;
  std::array<Push, kMaxPushes> pushes;
  int depth = 0;
  double cost = 0.0;
};

struct Level {
  double grid;                     // px
  std::span<const double> angles;  // rad
};

class Beam {
 public:
  Beam(const BeamSettings& settings, double known) : settings_(settings), best_success_(known) {}

  // All that can follow `node` by one push, into `found_`.
  void Expand(const Node& node, const Level& level, bool reject_moves) {
    const Pose origin = OriginFromCog(node.moment.solver.cog());
    const Ways ways(origin, node.moment.target);
    for (int edge = 0; edge < kEdges; ++edge) {
      const double range = Edges()[edge].high - Edges()[edge].low;
      const int count = static_cast<int>(range / level.grid) + 1;
      for (int i = 0; i < count; ++i) {
        const double u = Edges()[edge].low + range * (i + 0.5) / count;
        for (const double angle : level.angles) {
          const Push push = {edge, u, angle, 0.0};
          const Vec2 start = PushStart(origin, push);
          if (OutsideWindow(start) > 0.0) continue;
          Sweep(node, push, ways.Targets(start), PushDirection(origin, push), reject_moves);
        }
      }
    }
  }

  // Of each mode, the best of what was found, in few bins.
  std::vector<Node> Select() {
    std::sort(found_.begin(), found_.end(),
              [](const Node& a, const Node& b) { return a.cost < b.cost; });
    std::map<std::tuple<int, int, int, int>, int> bins;
    std::map<int, int> modes;
    std::vector<Node> kept;
    for (const Node& node : found_) {
      if (node.cost > found_.front().cost + kModeMargin + settings_.slack) break;
      const Pose& cog = node.moment.solver.cog();
      const int mode = ModeOf(node.pushes[0]);
      int& in_bin = bins[{mode, std::lround(cog.x / 8.0), std::lround(cog.y / 8.0),
                          std::lround(cog.angle / 0.12)}];
      if (modes[mode] >= settings_.beam || in_bin >= kMostPerBin) continue;
      ++modes[mode];
      ++in_bin;
      kept.push_back(node);
    }
    found_.clear();
    return kept;
  }

  // The cheapest plan of each mode, successful or not.
  void Note(const std::vector<Node>& nodes) {
    for (const Node& node : nodes) {
      const auto [at, is_new] = best_.try_emplace(ModeOf(node.pushes[0]), node);
      if (!is_new && node.cost < at->second.cost) at->second = node;
    }
  }

  std::vector<Plan> Plans() const {
    std::vector<Plan> plans;
    for (const auto& [mode, node] : best_) {
      plans.push_back({{node.pushes.begin(), node.pushes.begin() + node.depth},
                       node.cost,
                       node.moment.success});
    }
    std::stable_sort(plans.begin(), plans.end(),
                     [](const Plan& a, const Plan& b) { return a.cost < b.cost; });
    return plans;
  }

  bool found_any() const { return !found_.empty(); }

 private:
  // Simulates the way and the longest push once; each step of it is where a shorter one ends.
  void Sweep(const Node& node, Push push, const std::vector<Vec2>& way, Vec2 direction,
             bool reject_moves) {
    Moment moment = node.moment;
    for (const Vec2 target : way) {
      if (moment.steps > best_success_ + settings_.slack) return;
      if (moment.Advance(target)) return Found(node, push, moment);
    }
    if (reject_moves && MovedTooFar(node.moment.solver.cog(), moment.solver.cog())) return;
    const Vec2 start = moment.target;
    for (int step = 1; step * kPushSpeed <= kLongestPush; ++step) {
      push.length = step * kPushSpeed;
      const Vec2 target = start + push.length * direction;
      if (OutsideWindow(target) > 0.0 || moment.steps > best_success_ + settings_.slack) return;
      if (moment.Advance(target)) return Found(node, push, moment);
      Moment held = moment;
      held.Advance(target);
      Found(node, push, held);
    }
  }

  void Found(const Node& node, const Push& push, const Moment& moment) {
    if (!moment.success && !Moved(node.moment.solver.cog(), moment.solver.cog())) return;
    Node next = node;
    next.moment = moment;
    next.pushes[next.depth++] = push;
    next.cost = PlanCost(moment);
    if (moment.success) best_success_ = std::min(best_success_, next.cost);
    found_.push_back(next);
  }

  const BeamSettings& settings_;
  std::vector<Node> found_;
  std::map<int, Node> best_;
  double best_success_;  // steps of the best plan known to succeed
};

constexpr std::array<double, 5> kFirstAngles = {-0.5, -0.25, 0.0, 0.25, 0.5};
constexpr std::array<double, 3> kDeeperAngles = {-0.3, 0.0, 0.3};

}  // namespace

std::vector<Plan> SearchPlans(const Moment& start, const BeamSettings& settings, double known) {
  Beam beam(settings, known);
  const Node root = {start, {}, 0, 0.0};
  beam.Expand(root, {settings.grid, kFirstAngles}, true);
  if (!beam.found_any()) beam.Expand(root, {settings.grid, kFirstAngles}, false);
  if (!beam.found_any()) return {{{Push{0, 0.0, 0.0, kPushSpeed}}, PlanCost(start) + 1e3, false}};
  std::vector<Node> nodes = beam.Select();
  beam.Note(nodes);
  for (int depth = 1; depth < kMaxPushes; ++depth) {
    for (const Node& node : nodes) {
      if (!node.moment.success) {
        beam.Expand(node, {1.5 * settings.grid, kDeeperAngles}, true);
      }
    }
    nodes = beam.Select();
    beam.Note(nodes);
  }
  return beam.Plans();
}

}  // namespace sagbench::pusht
