// Runs the plan of a file, as `sagbench plan --save` writes it: for masks that were made or edited
// elsewhere.
#include "core/error.h"
#include "schedulers/plan_io.h"
#include "schedulers/scheduler.h"

namespace sagbench {
namespace {

constexpr const char* kDense = "dense";

class FilePlan : public Scheduler {
 public:
  explicit FilePlan(std::string path) : path_(std::move(path)) {
    if (path_ != kDense) plan_ = ReadPlan(path_);
  }

  std::vector<Plan> MakePlan(const PlanRequest& request) override {
    const auto steps = static_cast<int>(request.timesteps.size());
    const auto blocks = static_cast<int>(request.blocks.size());
    if (path_ == kDense) return {Plan(steps, blocks)};
    if (plan_.steps() != steps || plan_.blocks() != blocks) {
      throw UsageError("{} is a plan of {} steps x {} blocks: this sampler and policy have {} x {}",
                       path_, plan_.steps(), plan_.blocks(), steps, blocks);
    }
    return {plan_};
  }

 private:
  std::string path_;
  Plan plan_;
};

const bool kRegistered = Schedulers().Add({
    .name = "file",
    .summary = "the plan of a JSON file, as `sagbench plan --save` writes it",
    .knobs = {TextKnob("path", kDense, "a plan file, or dense", "what to run")},
    .make = [](const KnobValues& knobs, const SchedulerParts&) -> std::unique_ptr<Scheduler> {
      return std::make_unique<FilePlan>(knobs.Text("path"));
    },
    .identity = "path=dense",
});

}  // namespace
}  // namespace sagbench
