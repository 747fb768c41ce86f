// Cells drawn at random, each block reusing its own last residual: the floor that every method with
// a mask must beat at the same rate.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/noise.h"
#include "schedulers/scheduler.h"

namespace sagbench {
namespace {

class Random : public Scheduler {
 public:
  Random(double rate, uint64_t seed, const IdleSteps& idle)
      : rate_(rate), seed_(seed), idle_(idle) {}

  // Exactly round((1 - rate) * cells) cells, of them all of step 0 (its slots are empty).
  std::vector<Plan> MakePlan(const PlanRequest& request) override {
    Plan plan(static_cast<int>(request.timesteps.size()), static_cast<int>(request.blocks.size()));
    plan.SetLayout(SlotPerBlock(plan.blocks()));
    plan.SetIdle(idle_);
    const int blocks = plan.blocks();
    const auto later = static_cast<uint32_t>(plan.TotalCells() - blocks);
    const double kept = (1.0 - rate_) * static_cast<double>(plan.TotalCells());
    const auto wanted = std::max<int64_t>(0, std::llround(kept) - blocks);
    std::vector<uint32_t> order(later);
    std::iota(order.begin(), order.end(), 0U);
    CounterRandom random({.run_seed = seed_});
    for (uint32_t i = 0; i < later; ++i) {
      std::swap(order[i], order[i + random.Below(later - i)]);
      const auto cell = static_cast<int>(order[i]) + blocks;
      plan.at(cell / blocks, cell % blocks) = {.compute = int64_t{i} < wanted,
                                               .slot = static_cast<uint16_t>(cell % blocks)};
    }
    return {plan};
  }

 private:
  double rate_;
  uint64_t seed_;
  IdleSteps idle_;
};

const bool kRegistered = Schedulers().Add({
    .name = "random",
    .summary = "random cells, each block's last residual elsewhere: the floor for every mask",
    .knobs = {NumberKnob("rate", 0.9, 0.0, 0.99, "share of cells reused; 0 is dense"),
              IntegerKnob("seed", 0, 0, 1000000, "of the mask"), HoldKnob(Hold::kResiduals),
              IdleNoiseKnob()},
    .make = [](const KnobValues& knobs, const SchedulerParts&) -> std::unique_ptr<Scheduler> {
      return std::make_unique<Random>(
          knobs.Number("rate"), static_cast<uint64_t>(knobs.Integer("seed")), IdleFrom(knobs));
    },
    .identity = "rate=0",
});

}  // namespace
}  // namespace sagbench
