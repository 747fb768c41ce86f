// A static mask without any learning: whole steps are computed, denser towards the end, where a
// diffusion policy decides the details of its actions; each block reuses its own residual in
// between. No paper's method: the best simple mask that we know (quadratic spacing), to see what
// learning adds.
#include <algorithm>
#include <cmath>

#include "schedulers/whole_steps.h"

namespace sagbench {
namespace {

// n of K steps: 0 and, with u going from 0 to 1, (K - 1) (1 - (1 - u)^2); each at least one later.
std::vector<int> LateSteps(int steps, int computed) {
  std::vector<int> chosen;
  for (int i = 0; i < computed; ++i) {
    const double u = computed > 1 ? static_cast<double>(i) / (computed - 1) : 0.0;
    const int wanted = static_cast<int>(std::lround((steps - 1) * (1.0 - (1.0 - u) * (1.0 - u))));
    const int latest = steps - (computed - i);  // leaves room for those to come
    const int earliest = chosen.empty() ? 0 : chosen.back() + 1;
    chosen.push_back(std::clamp(wanted, earliest, latest));
  }
  return chosen;
}

class Late : public Scheduler {
 public:
  explicit Late(double rate) : rate_(rate) {}

  std::vector<Plan> MakePlan(const PlanRequest& request) override {
    const auto steps = static_cast<int>(request.timesteps.size());
    const int computed = std::max(1, static_cast<int>(std::lround((1.0 - rate_) * steps)));
    const std::vector<int> chosen = LateSteps(steps, computed);
    return {WholeStepsPlan(request, 0, [&](int step) {
      return std::binary_search(chosen.begin(), chosen.end(), step);
    })};
  }

 private:
  double rate_;
};

const bool kRegistered = Schedulers().Add({
    .name = "late",
    .summary = "whole steps, denser towards the end; each block's last residual in between",
    .knobs = {NumberKnob("rate", 0.9, 0.0, 0.99, "share of cells reused; 0 is dense")},
    .make = [](const KnobValues& knobs, const SchedulerParts&) -> std::unique_ptr<Scheduler> {
      return std::make_unique<Late>(knobs.Number("rate"));
    },
    .identity = "rate=0",
});

}  // namespace
}  // namespace sagbench
