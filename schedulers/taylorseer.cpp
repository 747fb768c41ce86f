// TaylorSeer (Liu et al., "From Reusing to Forecasting", 2025): every interval-th step is computed,
// and residuals between are forecast from the last computed ones. Different from the paper: the
// forecast is the polynomial through the last order + 1 computed residuals, which is the paper's
// series for order 1 and for order 2 exact on quadratic residuals, where one-sided finite
// differences are not; blocks are forecast each by itself, as in the paper.
#include "schedulers/whole_steps.h"

namespace sagbench {
namespace {

class TaylorSeer : public Scheduler {
 public:
  TaylorSeer(int interval, int order, int warmup)
      : interval_(interval), order_(order), warmup_(warmup) {}

  std::vector<Plan> MakePlan(const PlanRequest& request) override {
    return {WholeStepsPlan(request, order_, {},
                           [&](int step) { return step < warmup_ || step % interval_ == 0; })};
  }

 private:
  int interval_, order_, warmup_;
};

const bool kRegistered = Schedulers().Add({
    .name = "taylorseer",
    .summary = "all blocks every interval-th step, each block's residual forecast in between",
    .knobs = {IntegerKnob("interval", 10, 1, 100, "steps from one computed step to the next"),
              IntegerKnob("order", 1, 1, 2, "of the polynomial that forecasts"),
              IntegerKnob("warmup", 1, 1, 100, "first steps that are all computed")},
    .make = [](const KnobValues& knobs, const SchedulerParts&) -> std::unique_ptr<Scheduler> {
      return std::make_unique<TaylorSeer>(static_cast<int>(knobs.Integer("interval")),
                                          static_cast<int>(knobs.Integer("order")),
                                          static_cast<int>(knobs.Integer("warmup")));
    },
    .identity = "interval=1",
});

}  // namespace
}  // namespace sagbench
