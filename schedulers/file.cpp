// Runs the plan of a file, as `sagbench plan --save` writes it: for masks that were made or edited
// elsewhere.
#include "core/error.h"
#include "core/files.h"
#include "schedulers/grid.h"
#include "schedulers/plan_io.h"
#include "schedulers/scheduler.h"

namespace sagbench {
namespace {

constexpr const char* kDense = "dense";

class FilePlan : public Scheduler {
 public:
  FilePlan(const std::string& path, const SchedulerParts& parts) {
    const auto [steps, blocks] = GridOf(parts.policy->config, parts.sampler);
    if (path == kDense) {
      plan_ = Plan(steps, blocks);
      return;
    }
    plan_ = ReadPlan(path);
    if (parts.weights_sha256 != nullptr) *parts.weights_sha256 = Sha256OfFile(path);
    plan_.SetProbes({});  // what an online method decided is decided
    if (plan_.steps() != steps || plan_.blocks() != blocks) {
      throw UsageError("{} is a plan of {} steps x {} blocks: this sampler and policy have {} x {}",
                       path, plan_.steps(), plan_.blocks(), steps, blocks);
    }
  }

  std::vector<Plan> MakePlan(const PlanRequest& request) override { return {plan_}; }

 private:
  Plan plan_;
};

const bool kRegistered = Schedulers().Add({
    .name = "file",
    .summary = "the plan of a JSON file, as `sagbench plan --save` writes it",
    .knobs = {TextKnob("path", kDense, "a plan file, or dense", "what to run")},
    .make = [](const KnobValues& knobs, const SchedulerParts& parts) -> std::unique_ptr<Scheduler> {
      return std::make_unique<FilePlan>(knobs.Text("path"), parts);
    },
    .identity = "path=dense",
});

}  // namespace
}  // namespace sagbench
