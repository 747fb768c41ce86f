// Block-wise Adaptive Caching (Ji et al., 2025): each block has its own update steps, chosen so
// that its cached residuals resemble those they stand in for, from a calibration on demonstrations.
// Its "bubbling union" adds to the blocks whose residuals change most the update steps of all
// feed-forward blocks from their layer on, whose stale errors would reach them. Different from the
// paper: similarities are averaged over several observations instead of one, and no last steps are
// forced. `hold=clean` is ours: see Hold.
#include <algorithm>
#include <numeric>

#include "core/error.h"
#include "core/noise.h"
#include "schedulers/calibration.h"
#include "schedulers/grid.h"
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
    own.insert(own.begin(), 0);
  }
  return chosen;
}

// What a calibration says for one number of updates.
struct Choice {
  UpdateSteps steps;
  std::vector<double> distances;  // mean step distance by block
};

// A list of so many steps of the sampler, ascending, the first of them 0.
bool IsUpdates(const nlohmann::json& list, int updates, int steps) {
  if (!list.is_array() || list.size() != static_cast<size_t>(updates)) return false;
  int64_t last = -1;
  for (const nlohmann::json& item : list) {
    if (!item.is_number_integer()) return false;
    const auto step = item.get<int64_t>();
    if (step <= last || step >= steps || (last < 0 && step != 0)) return false;
    last = step;
  }
  return true;
}

// Throws Error (bad file) unless there are update steps for each block; Error (usage) if the
// calibration has no such number of updates.
Choice ReadChoice(const Calibration& calibration, int steps, int blocks, int updates) {
  const std::string file = calibration.path.string();
  try {
    CheckCalibrationGrid(calibration, steps, blocks);
    const nlohmann::json& all = calibration.json.at("updates");
    if (!all.is_object()) throw FileError("{}: updates are no JSON object", file);
    const auto found = all.find(std::to_string(updates));
    if (found == all.end()) {
      throw UsageError("bac: {} holds 1 to {} updates, not {}", file, all.size(), updates);
    }
    const auto count = static_cast<size_t>(blocks);
    bool good = found->is_array() && found->size() == count;
    for (const nlohmann::json& own : *found) good = good && IsUpdates(own, updates, steps);
    Choice choice{.steps = {},
                  .distances = calibration.json.at("distances").get<std::vector<double>>()};
    if (!good || choice.distances.size() != count) {
      throw FileError("{}: no {} ascending steps from 0 to {} for each of {} blocks", file, updates,
                      steps - 1, blocks);
    }
    choice.steps = found->get<UpdateSteps>();
    return choice;
  } catch (const nlohmann::json::exception& error) {
    throw FileError("{}: no calibration of bac ({})", file, error.what());
  }
}

// The bubbling union over the `count` blocks of the largest distances.
UpdateSteps WithUnion(const Choice& choice, std::span<const BlockInfo> blocks, int count) {
  std::vector<size_t> order(blocks.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return choice.distances[a] > choice.distances[b]; });
  order.resize(std::min(order.size(), static_cast<size_t>(count)));
  UpdateSteps joined = choice.steps;
  for (const size_t changing : order) {
    for (size_t block = 0; block < blocks.size(); ++block) {
      const bool reaches = blocks[block].kind == BlockKind::kFeedForward &&
                           blocks[block].layer >= blocks[changing].layer;
      if (!reaches) continue;
      const std::vector<int>& more = choice.steps[block];
      joined[changing].insert(joined[changing].end(), more.begin(), more.end());
    }
  }
  return joined;
}

class Bac : public Scheduler {
 public:
  Bac(const KnobValues& knobs, const SchedulerParts& parts)
      : union_(static_cast<int>(knobs.Integer("union"))), idle_(IdleFrom(knobs)) {
    const auto updates = static_cast<int>(knobs.Integer("updates"));
    const auto [steps, blocks] = GridOf(parts.policy->config, parts.sampler);
    dense_ = updates >= steps;
    if (dense_) return;
    const std::string where = knobs.Text("calibration");
    if (where == "random") {
      choice_ = {.steps = RandomSteps(steps, blocks, updates), .distances = {}};
      for (int block = 0; block < blocks; ++block) choice_.distances.push_back(block);
      return;
    }
    const std::string task = parts.policy->config.task, sampler = parts.sampler.Name();
    const CalibrationQuery query{
        .method = "bac",
        .where = where,
        .shipped = CalibrationPath("bac", task, sampler),
        .command =
            fmt::format("sagbench calibrate --task {} --sampler {} --method bac", task, sampler)};
    choice_ = ReadChoice(LoadCalibration(query, parts), steps, blocks, updates);
  }

  std::vector<Plan> MakePlan(const PlanRequest& request) override {
    Plan plan(static_cast<int>(request.timesteps.size()), static_cast<int>(request.blocks.size()));
    plan.SetLayout(SlotPerBlock(plan.blocks()));
    plan.SetIdle(idle_);
    if (dense_) return {plan};
    const UpdateSteps steps = WithUnion(choice_, request.blocks, union_);
    for (int block = 0; block < plan.blocks(); ++block) {
      for (int step = 0; step < plan.steps(); ++step) {
        plan.at(step, block) = {.compute = false, .slot = static_cast<uint16_t>(block)};
      }
      for (const int step : steps[block]) plan.at(step, block).compute = true;
    }
    return {plan};
  }

 private:
  int union_;
  IdleSteps idle_;
  bool dense_ = false;
  Choice choice_;
};

const bool kRegistered = Schedulers().Add({
    .name = "bac",
    .summary = "each block at its own steps, chosen by the similarity of its residuals",
    .knobs = {IntegerKnob("updates", 10, 1, 100, "computed steps of a block; all steps: dense"),
              IntegerKnob("union", 0, 0, 24, "blocks that get the feed-forward blocks' steps, too"),
              HoldKnob(Hold::kResiduals), IdleNoiseKnob(),
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
