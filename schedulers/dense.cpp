// Computes every cell: the reference for success, actions, FLOPs and time.
#include "schedulers/scheduler.h"

namespace sagbench {
namespace {

class Dense : public Scheduler {
 public:
  std::vector<Plan> MakePlan(const PlanRequest& request) override {
    return {
        Plan(static_cast<int>(request.timesteps.size()), static_cast<int>(request.blocks.size()))};
  }
};

const bool kRegistered = Schedulers().Add({
    .name = "dense",
    .summary = "computes every block at every denoising step: the baseline",
    .knobs = {},
    .make = [](const KnobValues&, const SchedulerParts&) -> std::unique_ptr<Scheduler> {
      return std::make_unique<Dense>();
    },
});

}  // namespace
}  // namespace sagbench
