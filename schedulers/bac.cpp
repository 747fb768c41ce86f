// Block-wise Adaptive Caching (Ji et al., 2025): each block has its own update steps, chosen so
// that its cached residuals resemble those they stand in for, from a calibration on demonstrations.
// Its "bubbling union" adds to the blocks whose residuals change most the update steps of all
// feed-forward blocks from their layer on, whose stale errors would reach them. Different from the
// paper: similarities are averaged over several observations instead of one, and no last steps are
// forced.
#include <algorithm>
#include <numeric>

#include "core/error.h"
#include "core/noise.h"
#include "schedulers/calibration.h"
#include "schedulers/scheduler.h"

namespace sagbench {
namespace {

using UpdateSteps = std::vector<std::vector<int>>;  // by block

// Made-up update steps for tests: as many as asked for, at random.
UpdateSteps RandomSteps(int steps, int blocks, int updates) {
  UpdateSteps chosen(blocks);
  CounterRandom random({.run_seed = 11});
  for (std::vector<int>& own : chosen) {
    std::vector<int> order(steps - 1);
    std::iota(order.begin(), order.end(), 1);
    for (int i = 0; i + 1 < updates; ++i) {
      std::swap(order[i], order[i + random.Below(static_cast<uint32_t>(order.size() - i))]);
    }
    own.assign(order.begin(), order.begin() + updates - 1);
    own.push_back(0);
  }
  return chosen;
}

class Bac : public Scheduler {
 public:
  Bac(const KnobValues& knobs, const SchedulerParts& parts)
      : updates_(static_cast<int>(knobs.Integer("updates"))),
        union_(static_cast<int>(knobs.Integer("union"))),
        random_(knobs.Text("calibration") == "random") {
    const auto steps =
        parts.sampler.Make(NoiseSchedule(parts.policy->config.train_steps))->timesteps().size();
    dense_ = static_cast<size_t>(updates_) >= steps;
    if (dense_ || random_) return;
    const std::string task = parts.policy->config.task, sampler = parts.sampler.Name();
    calibration_ = LoadCalibration(
        {.method = "bac",
         .where = knobs.Text("calibration"),
         .shipped = CalibrationPath("bac", task, sampler),
         .command =
             fmt::format("sagbench calibrate --task {} --sampler {} --method bac", task, sampler)},
        parts);
  }

  std::vector<Plan> MakePlan(const PlanRequest& request) override {
    Plan plan(static_cast<int>(request.timesteps.size()), static_cast<int>(request.blocks.size()));
    plan.SetLayout(SlotPerBlock(plan.blocks()));
    if (dense_) return {plan};
    const UpdateSteps steps = WithUnion(Steps(plan), request.blocks, Distances(plan.blocks()));
    for (int block = 0; block < plan.blocks(); ++block) {
      for (int step = 0; step < plan.steps(); ++step) {
        plan.at(step, block) = {.compute = false, .slot = static_cast<uint16_t>(block)};
      }
      for (const int step : steps[block]) plan.at(step, block).compute = true;
    }
    return {plan};
  }

 private:
  UpdateSteps Steps(const Plan& plan) const {
    if (random_) return RandomSteps(plan.steps(), plan.blocks(), updates_);
    CheckCalibrationGrid(calibration_, plan.steps(), plan.blocks());
    const nlohmann::json& all = calibration_.json.at("updates");
    const auto found = all.find(std::to_string(updates_));
    if (found == all.end()) {
      throw UsageError("bac: the calibration holds 1 to {} updates, not {}", all.size(), updates_);
    }
    return found->get<UpdateSteps>();
  }

  std::vector<double> Distances(int blocks) const {
    if (!random_) return calibration_.json.at("distances").get<std::vector<double>>();
    std::vector<double> distances(blocks);
    std::iota(distances.begin(), distances.end(), 0.0);
    return distances;
  }

  // The bubbling union over the `union_` blocks of the largest distances.
  UpdateSteps WithUnion(const UpdateSteps& own, std::span<const BlockInfo> blocks,
                        const std::vector<double>& distances) const {
    std::vector<size_t> order(blocks.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](size_t a, size_t b) { return distances[a] > distances[b]; });
    order.resize(std::min(order.size(), static_cast<size_t>(union_)));
    UpdateSteps joined = own;
    for (const size_t changing : order) {
      for (size_t block = 0; block < blocks.size(); ++block) {
        const bool reaches = blocks[block].kind == BlockKind::kFeedForward &&
                             blocks[block].layer >= blocks[changing].layer;
        if (!reaches) continue;
        joined[changing].insert(joined[changing].end(), own[block].begin(), own[block].end());
      }
    }
    return joined;
  }

  int updates_, union_;
  bool random_, dense_ = false;
  Calibration calibration_;
};

const bool kRegistered = Schedulers().Add({
    .name = "bac",
    .summary = "each block at its own steps, chosen by the similarity of its residuals",
    .knobs = {IntegerKnob("updates", 10, 1, 100, "computed steps of a block; all steps: dense"),
              IntegerKnob("union", 0, 0, 24, "blocks that get the feed-forward blocks' steps, too"),
              TextKnob("calibration", "auto", "auto, random or a file",
                       "where its update steps come from")},
    .make = [](const KnobValues& knobs, const SchedulerParts& parts) -> std::unique_ptr<Scheduler> {
      return std::make_unique<Bac>(knobs, parts);
    },
    .identity = "updates=100",
    .untrained = "calibration=random",
});

}  // namespace
}  // namespace sagbench
