// First-block cache (ParaAttention, 2024; TeaCache's idea without its fit): the first layer runs at
// every step; while what it adds has changed little since the last fully computed step, the other
// layers' residuals are reused. The decision is made within the step, so that on a GPU each step
// waits for the host: this method shows what online decisions cost. It sees the tokens that the
// executor computes, so `reference` and `eager` may decide differently.
#include <map>

#include "policies/aten.h"
#include "schedulers/scheduler.h"

namespace sagbench {
namespace {

class FirstBlockCache : public Scheduler {
 public:
  FirstBlockCache(double threshold, int warmup, int max_reuse)
      : threshold_(threshold), warmup_(warmup), max_reuse_(max_reuse) {}

  // Planned dense; Refine turns cells into reused ones.
  std::vector<Plan> MakePlan(const PlanRequest& request) override {
    rows_.clear();
    Plan plan(static_cast<int>(request.timesteps.size()), static_cast<int>(request.blocks.size()));
    plan.SetLayout(SlotPerBlock(plan.blocks()));
    std::vector<int> first_layer;
    for (int block = 0; block < plan.blocks(); ++block) {
      if (request.blocks[block].layer == 0) first_layer.push_back(block);
    }
    plan.SetProbes(std::move(first_layer));
    return {plan};
  }

  void Refine(const ProbeReadings& readings, Plan& plan) override {
    Row& row = rows_[readings.row];
    at::Tensor change = readings.residuals.front();
    for (const at::Tensor& residual : readings.residuals.subspan(1)) change = change + residual;
    if (readings.step < warmup_ || row.reused >= max_reuse_ || !IsSmall(change, row.reference)) {
      row = {.reference = change, .reused = 0};
      return;
    }
    ++row.reused;
    for (int block = plan.probes().back() + 1; block < plan.blocks(); ++block) {
      plan.at(readings.step, block) = {.compute = false, .slot = static_cast<uint16_t>(block)};
    }
  }

 private:
  struct Row {
    at::Tensor reference;  // what the first layer added in the last fully computed step
    int reused = 0;        // steps since
  };

  bool IsSmall(const at::Tensor& change, const at::Tensor& reference) const {
    const double difference = (change - reference).abs().mean().item<double>();
    return difference < threshold_ * reference.abs().mean().item<double>();
  }

  double threshold_;
  int warmup_, max_reuse_;
  std::map<int64_t, Row> rows_;
};

const bool kRegistered = Schedulers().Add({
    .name = "fbcache",
    .summary = "first layer always; the others while what it adds has hardly changed (online)",
    .knobs = {NumberKnob("threshold", 0.12, 0.0, 10.0, "relative change that is small; 0 is dense"),
              IntegerKnob("warmup", 1, 1, 100, "first steps that are all computed"),
              IntegerKnob("max-reuse", 100, 1, 100, "most reused steps in a row")},
    .make = [](const KnobValues& knobs, const SchedulerParts&) -> std::unique_ptr<Scheduler> {
      return std::make_unique<FirstBlockCache>(knobs.Number("threshold"),
                                               static_cast<int>(knobs.Integer("warmup")),
                                               static_cast<int>(knobs.Integer("max-reuse")));
    },
    .identity = "threshold=0",
});

}  // namespace
}  // namespace sagbench
