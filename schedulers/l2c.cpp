// Learning-to-Cache (Ma et al., 2024): in every second step each block is computed or reuses its
// residual of the step before, as a router says that was trained for this policy and sampler
// (l2c_router.h); at most half of the cells can be skipped. Different from the paper: residual
// branches of a Diffusion-Policy transformer instead of DiT's or U-ViT's layers; the router sees
// dense denoising chains at observations of rollouts instead of noised training data; all pairs of
// steps learn in every iteration, so that a few hundred suffice, at a larger learning rate.
#include "core/error.h"
#include "core/noise.h"
#include "schedulers/calibration.h"
#include "schedulers/grid.h"
#include "schedulers/scheduler.h"

namespace sagbench {
namespace {

using Probabilities = std::vector<std::vector<double>>;  // by odd step, by block

Probabilities RandomProbabilities(int steps, int blocks) {
  CounterRandom random({.run_seed = 12});
  Probabilities all(steps / 2, std::vector<double>(blocks));
  for (std::vector<double>& step : all) {
    for (double& p : step) p = 0.2 * random.Uniform();  // about half of them above the threshold
  }
  return all;
}

// Throws Error (bad file) unless there is a probability for each block of every second step.
Probabilities ReadProbabilities(const Calibration& calibration, int steps, int blocks) {
  const std::string file = calibration.path.string();
  try {
    CheckCalibrationGrid(calibration, steps, blocks);
    auto all = calibration.json.at("probabilities").get<Probabilities>();
    bool good = all.size() == static_cast<size_t>(steps / 2);
    for (const std::vector<double>& step : all) {
      good = good && step.size() == static_cast<size_t>(blocks);
      for (const double p : step) good = good && p > 0.0 && p <= 1.0;
    }
    if (!good) {
      throw FileError("{}: no probabilities above 0 for {} steps of {} blocks", file, steps / 2,
                      blocks);
    }
    return all;
  } catch (const nlohmann::json::exception& error) {
    throw FileError("{}: no calibration of l2c ({})", file, error.what());
  }
}

class L2c : public Scheduler {
 public:
  L2c(const KnobValues& knobs, const SchedulerParts& parts)
      : threshold_(knobs.Number("threshold")) {
    if (threshold_ == 0.0) return;
    const auto [steps, blocks] = GridOf(parts.policy->config, parts.sampler);
    const std::string where = knobs.Text("calibration");
    if (where == "random") {
      probabilities_ = RandomProbabilities(steps, blocks);
      return;
    }
    const std::string task = parts.policy->config.task, sampler = parts.sampler.Name();
    const CalibrationQuery query{
        .method = "l2c",
        .where = where,
        .shipped = CalibrationPath("l2c", task, sampler),
        .command =
            fmt::format("sagbench calibrate --task {} --sampler {} --method l2c", task, sampler)};
    probabilities_ = ReadProbabilities(LoadCalibration(query, parts), steps, blocks);
  }

  std::vector<Plan> MakePlan(const PlanRequest& request) override {
    Plan plan(static_cast<int>(request.timesteps.size()), static_cast<int>(request.blocks.size()));
    plan.SetLayout(SlotPerBlock(plan.blocks()));
    for (size_t pair = 0; pair < probabilities_.size(); ++pair) {
      for (int block = 0; block < plan.blocks(); ++block) {
        plan.at(static_cast<int>(2 * pair + 1), block) = {
            .compute = probabilities_[pair][block] > threshold_,
            .slot = static_cast<uint16_t>(block)};
      }
    }
    return {plan};
  }

 private:
  double threshold_;
  Probabilities probabilities_;  // empty: dense
};

const bool kRegistered = Schedulers().Add({
    .name = "l2c",
    .summary = "every second step skips the blocks that a trained router names",
    .knobs = {NumberKnob("threshold", 0.1, 0.0, 1.0,
                         "blocks of larger probability are computed; 0: dense"),
              TextKnob("calibration", "auto", "auto, random or a file",
                       "where the router's probabilities come from")},
    .make = [](const KnobValues& knobs, const SchedulerParts& parts) -> std::unique_ptr<Scheduler> {
      return std::make_unique<L2c>(knobs, parts);
    },
    .identity = "threshold=0",
    .untrained = "calibration=random",
});

}  // namespace
}  // namespace sagbench
