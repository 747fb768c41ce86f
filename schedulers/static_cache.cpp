// Computes all blocks at every `interval`-th denoising step and reuses each block's own residual in
// between (EfficientVLA, 2025; FORA, 2024; the "threshold" baseline of BAC, 2025). `hold=clean` is
// not theirs: see Hold.
#include "schedulers/whole_steps.h"

namespace sagbench {
namespace {

class StaticCache : public Scheduler {
 public:
  StaticCache(int interval, const IdleSteps& idle) : interval_(interval), idle_(idle) {}

  std::vector<Plan> MakePlan(const PlanRequest& request) override {
    return {WholeStepsPlan(request, 0, idle_, [&](int step) { return step % interval_ == 0; })};
  }

 private:
  int interval_;
  IdleSteps idle_;
};

const bool kRegistered = Schedulers().Add({
    .name = "static-cache",
    .summary = "all blocks every interval-th step, each block's last residual in between",
    .knobs = {IntegerKnob("interval", 5, 1, 100, "steps from one computed step to the next"),
              HoldKnob(Hold::kResiduals), IdleNoiseKnob()},
    .make = [](const KnobValues& knobs, const SchedulerParts&) -> std::unique_ptr<Scheduler> {
      return std::make_unique<StaticCache>(static_cast<int>(knobs.Integer("interval")),
                                           IdleFrom(knobs));
    },
    .identity = "interval=1",
});

}  // namespace
}  // namespace sagbench
