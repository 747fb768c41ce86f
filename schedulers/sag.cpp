// Sparse ActionGen: a pruner looks at the observation once a replan, before denoising, and says
// which cells are computed; the others reuse residuals in a zig-zag over steps and blocks. What the
// paper leaves open (sizes, gate, schedule) is ours: see sag_pruner.h and sag_trainer.h. Different
// from it: beside the paper's three shared slots (`reuse=kind`) a block may have a slot of its own
// (`block`), or each reused cell chooses between both (`all`, the successor's omnidirectional reuse
// within one replan).
#include <memory>
#include <optional>

#include <ATen/ATen.h>

#include "core/error.h"
#include "schedulers/sag_checkpoint.h"
#include "schedulers/scheduler.h"

namespace sagbench {
namespace {

constexpr uint64_t kRandomSeed = 23;

class Sag : public Scheduler {
 public:
  Sag(const KnobValues& knobs, const SchedulerParts& parts) : device_(parts.device) {
    const PolicyConfig& config = parts.policy->config;
    const SagKey key{.task = config.task,
                     .sampler = parts.sampler.Name(),
                     .policy_sha256 = parts.policy->sha256,
                     .rate = knobs.Number("rate"),
                     .reuse = ReuseFromName(knobs.Choice("reuse"))};
    if (key.rate == 0.0) return;  // dense: nothing to decide
    LoadedSag sag;
    if (knobs.Text("weights") == "random") {
      const auto steps = parts.sampler.Make(NoiseSchedule(config.train_steps))->timesteps().size();
      sag.shape = {.steps = static_cast<int>(steps),
                   .blocks = 3 * config.layers,
                   .observation_size = config.observation_steps * config.observation_size,
                   .reuse = key.reuse};
      sag.weights = InitialPruner(sag.shape, key.rate, /*out_scale=*/1.0, kRandomSeed);
    } else {
      sag = LoadSag(key, knobs.Text("weights"), parts);
    }
    for (PrunerParameter& parameter : PrunerParameters(sag.shape, sag.weights)) {
      *parameter.tensor = parameter.tensor->to(at::Device(device_));
    }
    pruner_.emplace(sag.shape, sag.weights);
    cells_ = pruner_->CellTable();
  }

  std::vector<Plan> MakePlan(const PlanRequest& request) override {
    const auto steps = static_cast<int>(request.timesteps.size());
    const auto blocks = static_cast<int>(request.blocks.size());
    if (!pruner_) return {Plan(steps, blocks)};
    const PrunerShape& shape = pruner_->shape();
    if (shape.steps != steps || shape.blocks != blocks ||
        shape.observation_size != request.observations[0].numel()) {
      throw FileError(
          "sag: a pruner of {} steps x {} blocks and {} observed numbers does not fit "
          "{} x {} and {}",
          shape.steps, shape.blocks, shape.observation_size, steps, blocks,
          request.observations[0].numel());
    }
    const at::Tensor logits = pruner_->Logits(request.observations, cells_).to(at::kCPU);
    std::vector<Plan> plans;
    for (int64_t row = 0; row < logits.size(0); ++row) {
      plans.push_back(PlanFromLogits(logits[row], shape.reuse));
    }
    return plans;
  }

  double flops_per_plan() const override { return pruner_ ? pruner_->flops_per_row() : 0.0; }

 private:
  std::string device_;
  std::optional<SagPruner> pruner_;
  at::Tensor cells_;  // what the pruner makes of cells alone
};

const bool kRegistered = Schedulers().Add({
    .name = "sag",
    .summary = "a learned pruner picks cells from the observation; zig-zag reuse elsewhere",
    .knobs = {NumberKnob("rate", 0.9, 0.0, 0.99, "target share of cells reused; 0 is dense"),
              ChoiceKnob("reuse", "all", {"kind", "block", "all"},
                         "slots: one a kind of block (the paper), one a block, or a choice"),
              TextKnob("weights", "auto", "auto, random or a JSON file", "the trained pruner")},
    .make = [](const KnobValues& knobs, const SchedulerParts& parts) -> std::unique_ptr<Scheduler> {
      return std::make_unique<Sag>(knobs, parts);
    },
    .identity = "rate=0",
    .untrained = "weights=random",
});

}  // namespace
}  // namespace sagbench
