#include "tasks/pusht_refine.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace sagbench::pusht {
namespace {

constexpr int kRounds = 5;
constexpr double kEliteShare = 0.1;
constexpr double kWidestAngle = 0.7;  // rad
constexpr double kPenalty = 1000.0;

// Of one push: the means and deviations of its contact, direction and length.
struct Spread {
  Push mean, deviation;
};

Push Draw(const Spread& spread, CounterRandom& random) {
  const Edge& edge = Edges()[spread.mean.edge];
  Push push = spread.mean;
  push.u = std::clamp(push.u + spread.deviation.u * random.Normal(), edge.low, edge.high);
  push.angle = std::clamp(push.angle + spread.deviation.angle * random.Normal(), -kWidestAngle,
                          kWidestAngle);
  push.length =
      std::clamp(push.length + spread.deviation.length * random.Normal(), 2.0, 1.1 * kLongestPush);
  return push;
}

// Mean and deviation of one number over the elite.
template <class Get>
void Fit(const std::vector<Plan>& elite, size_t index, double floor, Get get, Spread* spread) {
  double sum = 0.0, squares = 0.0;
  for (Plan plan : elite) {
    const double value = get(plan.pushes[index]);
    sum += value;
    squares += value * value;
  }
  const double mean = sum / elite.size();
  get(spread->mean) = mean;
  get(spread->deviation) =
      std::max(floor, std::sqrt(std::max(0.0, squares / elite.size() - mean * mean)));
}

void FitAll(const std::vector<Plan>& elite, std::vector<Spread>* spreads) {
  for (size_t i = 0; i < spreads->size(); ++i) {
    Spread* spread = &(*spreads)[i];
    Fit(
        elite, i, 0.5, [](Push& push) -> double& { return push.u; }, spread);
    Fit(
        elite, i, 0.01, [](Push& push) -> double& { return push.angle; }, spread);
    Fit(
        elite, i, 0.5, [](Push& push) -> double& { return push.length; }, spread);
  }
}

}  // namespace

void Evaluate(const Moment& start, Plan* plan) {
  Moment moment = start;
  double penalty = 0.0;
  for (const Push& push : plan->pushes) {
    const Pose before = moment.solver.cog();
    const std::vector<Vec2> targets = PushTargets(moment, push);
    const int push_steps =
        std::max(1, static_cast<int>(std::ceil(push.length / kPushSpeed - 1e-9)));
    const int way = static_cast<int>(targets.size()) - push_steps - 1;
    for (int i = 0; i < static_cast<int>(targets.size()); ++i) {
      if (i == way && MovedTooFar(before, moment.solver.cog())) penalty = kPenalty;
      if (moment.Advance(targets[i])) break;
    }
    if (moment.success) break;
  }
  plan->cost = PlanCost(moment) + penalty;
  plan->success = moment.success;
}

Plan Refine(const Moment& start, const Plan& plan, int evaluations, CounterRandom& random) {
  std::vector<Spread> spreads;
  for (const Push& push : plan.pushes) {
    spreads.push_back({push, {push.edge, 5.0, 0.12, std::max(4.0, 0.12 * push.length)}});
  }
  Plan best = plan;
  Evaluate(start, &best);
  const int per_round = evaluations / kRounds;
  const size_t elite = std::max<size_t>(2, std::lround(kEliteShare * per_round));
  for (int round = 0; round < kRounds && per_round >= 4; ++round) {
    std::vector<Plan> variants(per_round);
    for (Plan& variant : variants) {
      for (const Spread& spread : spreads) variant.pushes.push_back(Draw(spread, random));
      Evaluate(start, &variant);
    }
    std::stable_sort(variants.begin(), variants.end(),
                     [](const Plan& a, const Plan& b) { return a.cost < b.cost; });
    if (variants.front().cost < best.cost) best = variants.front();
    variants.resize(std::min(elite, variants.size()));
    FitAll(variants, &spreads);
  }
  return best;
}

}  // namespace sagbench::pusht
