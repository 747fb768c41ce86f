#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/noise.h"
#include "tasks/expert.h"
#include "tasks/pusht_beam.h"
#include "tasks/pusht_refine.h"
#include "tasks/pusht_starts.h"
#include "tasks/recorder.h"

namespace sagbench {
namespace {

using pusht::Moment;
using pusht::Plan;
using pusht::Vec2;

constexpr double kLargestShare = 0.2;  // of the best plan's cost: the most that is tolerated
constexpr int kHarder = 4;  // times the beam, where the first search does not reach the goal

constexpr double kSearchSlack = 3.0;  // steps that refining may gain on another plan

// Beam search over pushes, refined by the cross-entropy method, carried out push by push in MuJoCo.
class PushTExpert : public Expert {
 public:
  explicit PushTExpert(const KnobValues& knobs)
      : task_(Tasks().Choose("pusht").Make()),
        beam_{static_cast<int>(knobs.Integer("beam")), knobs.Number("grid"),
              knobs.Number("tolerance") + kSearchSlack},
        sequences_(knobs.Integer("sequences")),
        evaluations_(knobs.Integer("evaluations")),
        tolerance_(knobs.Number("tolerance")) {}

  ExpertResult Solve(const ExpertRequest& request) override {
    const auto begin = std::chrono::steady_clock::now();
    ExpertResult result;
    Recorder recorder(*task_, pusht::Start(*task_, request));
    Vec2 target = pusht::TargetOf(task_->State());
    std::vector<pusht::Push> rest;
    bool running = true;
    for (uint32_t replan = 0; running; ++replan) {
      CounterRandom random({request.seed, request.choice_seed, replan, 0, NoisePurpose::kExpert});
      const Moment now = pusht::MomentOf(task_->State(), target);
      const Plan plan = Choose(now, rest, random);
      if (replan == 0) result.first_choice = pusht::ModeName(plan.pushes[0]);
      for (const Vec2 next : pusht::PushTargets(now, plan.pushes[0])) {
        target = next;
        running = recorder.Step(std::array{target.x, target.y});
        if (!running) break;
      }
      rest.assign(plan.pushes.begin() + 1, plan.pushes.end());
    }
    result.success = recorder.success();
    result.demonstration = recorder.Take();
    result.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return result;
  }

 private:
  // One of the plans that cost at most `tolerance` steps more than the best, each in another mode.
  // `rest` is what is left of the plan before, or empty.
  Plan Choose(const Moment& now, const std::vector<pusht::Push>& rest,
              CounterRandom& random) const {
    Plan kept = {rest, 0.0, false};
    if (!rest.empty()) kept = pusht::Refine(now, kept, evaluations_, random);
    std::vector<Plan> plans = Search(now, kept);
    if (static_cast<int>(plans.size()) > sequences_) plans.resize(sequences_);
    for (Plan& plan : plans) plan = pusht::Refine(now, plan, evaluations_, random);
    if (!rest.empty()) {
      const int mode = pusht::ModeOf(rest[0]);
      std::erase_if(plans, [&](const Plan& plan) {
        return pusht::ModeOf(plan.pushes[0]) == mode && plan.cost >= kept.cost;
      });
      plans.push_back(kept);
    }
    AddOtherWays(now, &plans);
    double best = plans.front().cost;
    for (const Plan& plan : plans) best = std::min(best, plan.cost);
    const double worst = best + std::min(tolerance_, kLargestShare * best);
    std::erase_if(plans, [&](const Plan& plan) { return plan.cost > worst; });
    return plans[random.Below(static_cast<uint32_t>(plans.size()))];
  }

  // The same plans with the first way round the other side of the T.
  static void AddOtherWays(const Moment& now, std::vector<Plan>* plans) {
    const size_t count = plans->size();
    for (size_t i = 0; i < count; ++i) {
      Plan other = (*plans)[i];
      pusht::Side& side = other.pushes[0].side;
      side = side == pusht::Side::kShorter ? pusht::Side::kOther : pusht::Side::kShorter;
      if (pusht::PushTargets(now, other.pushes[0]) ==
          pusht::PushTargets(now, (*plans)[i].pushes[0])) {
        continue;
      }
      pusht::Evaluate(now, &other);
      plans->push_back(std::move(other));
    }
  }

  // A narrow search first: a success bounds the wide one. A wider one where none reaches the goal.
  std::vector<Plan> Search(const Moment& now, const Plan& kept) const {
    if (kept.success) return pusht::SearchPlans(now, beam_, kept.cost);
    const Plan quick = pusht::SearchPlans(now, {1, 2.0 * beam_.grid, beam_.slack})[0];
    std::vector<Plan> plans =
        quick.success ? pusht::SearchPlans(now, beam_, quick.cost) : pusht::SearchPlans(now, beam_);
    if (std::any_of(plans.begin(), plans.end(), [](const Plan& plan) { return plan.success; })) {
      return plans;
    }
    return pusht::SearchPlans(now, {kHarder * beam_.beam, beam_.grid, beam_.slack});
  }

  std::unique_ptr<Task> task_;
  pusht::BeamSettings beam_;
  int64_t sequences_, evaluations_;
  double tolerance_;
};

const bool registered = Experts().Add(
    {"pusht",
     "beam search over pushes, refined by the cross-entropy method",
     {IntegerKnob("beam", 3, 1, 100, "plans kept of each way to begin, at each depth"),
      NumberKnob("grid", 13.0, 2.0, 60.0, "px between the contacts that are tried"),
      IntegerKnob("sequences", 4, 1, 16, "plans refined, each with another first push"),
      IntegerKnob("evaluations", 200, 0, 10000, "simulations that refine one plan"),
      NumberKnob("tolerance", 10.0, 0.0, 100.0,
                 "control steps by which a plan may be worse than the best and still be taken, one "
                 "of them at random (and at most a fifth of the best one's); 0: always the best")},
     [](const KnobValues& knobs) { return std::make_unique<PushTExpert>(knobs); }});

}  // namespace
}  // namespace sagbench
