// A static mask without any learning: whole steps are computed, denser towards the end, where a
// diffusion policy decides the details of its actions; each block reuses its own residual in
// between, or the clean estimate is held. No paper's method: the best simple mask that we know, to
// see what learning adds.
#include <algorithm>

#include "schedulers/whole_steps.h"

namespace sagbench {
namespace {

class Late : public Scheduler {
 public:
  Late(double rate, const IdleSteps& idle) : rate_(rate), idle_(idle) {}

  std::vector<Plan> MakePlan(const PlanRequest& request) override {
    const std::vector<int> chosen =
        LateSteps(static_cast<int>(request.timesteps.size()), rate_, idle_.hold);
    return {WholeStepsPlan(request, 0, idle_, [&](int step) {
      return std::binary_search(chosen.begin(), chosen.end(), step);
    })};
  }

 private:
  double rate_;
  IdleSteps idle_;
};

const bool kRegistered = Schedulers().Add({
    .name = "late",
    .summary = "whole steps, denser towards the end; each block's last residual in between",
    .knobs = {NumberKnob("rate", 0.9, 0.0, 0.99, "share of cells reused; 0 is dense"),
              HoldKnob(Hold::kResiduals), IdleNoiseKnob()},
    .make = [](const KnobValues& knobs, const SchedulerParts&) -> std::unique_ptr<Scheduler> {
      return std::make_unique<Late>(knobs.Number("rate"), IdleFrom(knobs));
    },
    .identity = "rate=0",
});

}  // namespace
}  // namespace sagbench
