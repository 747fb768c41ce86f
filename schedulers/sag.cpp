// Sparse ActionGen: a pruner looks at the observation once a replan, before denoising, and says
// which cells are computed; the others reuse residuals in a zig-zag over steps and blocks. What the
// paper leaves open (sizes, gate, schedule) is ours: see sag_pruner.h and sag_trainer.h. Different
// from it: beside the paper's three shared slots (`reuse=kind`) a block may have a slot of its own
// (`block`), or each reused cell chooses between both (`all`, the successor's omnidirectional reuse
// within one replan), and steps that compute nothing may hold the clean estimate instead of
// running the network's ends on reused residuals (see Hold; `hold=residuals` is the paper's way)
// and add a share of the sampler's noise (see IdleSteps; `noise=1` is the paper's way). `mask` has
// controls that show what looking at the observation is worth.
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "core/error.h"
#include "core/noise.h"
#include "policies/aten.h"
#include "schedulers/grid.h"
#include "schedulers/packed_pruner.h"
#include "schedulers/sag_checkpoint.h"
#include "schedulers/scheduler.h"

namespace sagbench {
namespace {

constexpr uint64_t kRandomSeed = 23;

// From .4 to .7 as many episodes of push-T are solved, more than with all of the noise (README,
// "Less noise").
constexpr double kIdleNoise = 0.6;

// A pruner that nobody trained, for tests.
LoadedSag RandomSag(const SagKey& key, const SchedulerParts& parts) {
  const PolicyConfig& config = parts.policy->config;
  const auto [steps, blocks] = GridOf(config, parts.sampler);
  LoadedSag sag;
  sag.shape = {.steps = steps,
               .blocks = blocks,
               .observation_size = config.observation_steps * config.observation_size,
               .reuse = key.reuse,
               .hold = key.hold};
  sag.weights = InitialPruner(sag.shape, key.rate, key.observed ? 4.0 : 0.0, kRandomSeed);
  sag.references = at::empty({8, sag.shape.observation_size});
  FillNormal({.run_seed = kRandomSeed},
             {sag.references.data_ptr<float>(), static_cast<size_t>(sag.references.numel())});
  return sag;
}

// A number that an observation always gets, whatever batch it is in.
size_t HashOf(const at::Tensor& observation) {
  const at::Tensor values = observation.to(at::kCPU).contiguous();
  const auto* bytes = static_cast<const char*>(values.const_data_ptr());
  return std::hash<std::string_view>()({bytes, values.nbytes()});
}

// Of logits [n, steps, blocks, outputs] what most masks do, [steps, blocks, outputs]: above 0 where
// most compute, and, with a choice of slots, where most would take the block's own.
at::Tensor MeanLogits(const at::Tensor& logits, Hold hold) {
  at::Tensor votes = (logits > 0.0).to(at::kFloat);
  votes.select(-1, 0).copy_(ComputedCells(logits.select(-1, 0), hold));
  return votes.mean(0) - 0.5;
}

class Sag : public Scheduler {
 public:
  Sag(const KnobValues& knobs, const SchedulerParts& parts)
      : device_(parts.device), mask_(knobs.Choice("mask")), idle_(IdleFrom(knobs)) {
    const SagKey key{.task = parts.policy->config.task,
                     .sampler = parts.sampler.Name(),
                     .policy_sha256 = parts.policy->sha256,
                     .rate = knobs.Number("rate"),
                     .reuse = ReuseFromName(knobs.Choice("reuse")),
                     .hold = idle_.hold,
                     .observed = mask_ != "table"};
    if (key.rate == 0.0) return;  // dense: nothing to decide
    LoadedSag sag = knobs.Text("weights") == "random" ? RandomSag(key, parts)
                                                      : LoadSag(key, knobs.Text("weights"), parts);
    for (PrunerParameter& parameter : PrunerParameters(sag.shape, sag.weights)) {
      *parameter.tensor = parameter.tensor->to(at::Device(device_));
    }
    pruner_.emplace(sag.shape, sag.weights);
    cells_ = pruner_->CellTable();
    if (device_ == "cpu") packed_.emplace(sag.shape, sag.weights, cells_);
    if (mask_ != "own") others_ = Logits(sag.references.to(at::Device(device_)));
    if (mask_ == "mean") mean_ = MeanLogits(others_, sag.shape.hold);
  }

  std::vector<Plan> MakePlan(const PlanRequest& request) override {
    const auto steps = static_cast<int>(request.timesteps.size());
    const auto blocks = static_cast<int>(request.blocks.size());
    if (!pruner_) return {Plan(steps, blocks)};
    CheckShape(steps, blocks, request.observations[0].numel());
    const auto plan = [this](const at::Tensor& logits) {
      Plan made = PlanFromLogits(logits, pruner_->shape().reuse, idle_.hold);
      made.SetIdle(idle_);
      return made;
    };
    if (mask_ == "table") return {plan(others_[0])};
    if (mask_ == "mean") return {plan(mean_)};
    const at::Tensor logits =
        mask_ == "shuffled" ? at::Tensor() : Logits(request.observations, request.team);
    std::vector<Plan> plans;
    for (int64_t row = 0; row < request.observations.size(0); ++row) {
      plans.push_back(
          plan(logits.defined() ? logits[row] : OtherLogits(request.observations[row])));
    }
    return plans;
  }

  // The shuffled control counts what `own` spends, though it only looks a mask up.
  double flops_per_plan() const override {
    const bool looks = mask_ == "own" || mask_ == "shuffled";
    return pruner_ && looks ? pruner_->flops_per_row() : 0.0;
  }

 private:
  void CheckShape(int steps, int blocks, int64_t observed) const {
    const PrunerShape& shape = pruner_->shape();
    if (shape.steps == steps && shape.blocks == blocks && shape.observation_size == observed) {
      return;
    }
    throw FileError(
        "sag: a pruner of {} steps x {} blocks and {} observed numbers does not fit {} x {} and {}",
        shape.steps, shape.blocks, shape.observation_size, steps, blocks, observed);
  }

  // [B, steps, blocks, outputs], on the CPU, of normalised observations [B, To, obs].
  at::Tensor Logits(const at::Tensor& observations, SpinTeam* team = nullptr) {
    return packed_ ? packed_->Logits(observations, team)
                   : pruner_->Logits(observations, cells_).to(at::kCPU);
  }

  // What the pruner says of one of its training observations, always the same for this one.
  at::Tensor OtherLogits(const at::Tensor& observation) const {
    const auto count = static_cast<size_t>(others_.size(0));
    return others_[static_cast<int64_t>(HashOf(observation) % count)];
  }

  std::string device_, mask_;
  IdleSteps idle_;
  std::optional<SagPruner> pruner_;
  std::optional<PackedPruner> packed_;  // the same on the CPU
  at::Tensor cells_;                    // what the pruner makes of cells alone
  at::Tensor mean_;                     // of the references: MeanLogits
  at::Tensor others_;  // its logits for the references [n, steps, blocks, outputs], on the CPU
};

const bool kRegistered = Schedulers().Add({
    .name = "sag",
    .summary = "a learned pruner picks cells from the observation; zig-zag reuse elsewhere",
    .knobs = {NumberKnob("rate", 0.9, 0.0, 0.99, "target share of cells reused; 0 is dense"),
              ChoiceKnob("reuse", "block", {"kind", "block", "all"},
                         "slots: one a kind of block (the paper), one a block, or a choice"),
              HoldKnob(Hold::kClean), IdleNoiseKnob(kIdleNoise),
              ChoiceKnob("mask", "own", {"own", "shuffled", "mean", "table"},
                         "controls: of another observation, the mean, learned without looking"),
              TextKnob("weights", "auto", "auto, random or a JSON file", "the trained pruner")},
    .make = [](const KnobValues& knobs, const SchedulerParts& parts) -> std::unique_ptr<Scheduler> {
      return std::make_unique<Sag>(knobs, parts);
    },
    .identity = "rate=0",
    .untrained = "weights=random",
});

}  // namespace
}  // namespace sagbench
