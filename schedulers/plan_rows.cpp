#include "schedulers/plan_rows.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "core/error.h"

namespace sagbench {
namespace {

void CheckPlan(const Plan& plan, const Plan& first, int steps, int blocks) {
  if (plan.steps() != steps || plan.blocks() != blocks) {
    throw UsageError("a plan of {} steps x {} blocks does not fit {} steps x {} blocks",
                     plan.steps(), plan.blocks(), steps, blocks);
  }
  plan.Validate();
  if (!plan.SameShape(first)) {
    throw std::logic_error("plans of one batch share grid and layout");
  }
}

int StepsThatHold(const Plan& plan) {
  int steps = 0;
  for (int step = 0; step < plan.steps(); ++step) steps += plan.Holds(step) ? 1 : 0;
  return steps;
}

}  // namespace

std::vector<PlannedRows> AssignPlans(std::vector<Plan> plans, int64_t batch, int steps,
                                     int blocks) {
  if (plans.size() != 1 && plans.size() != static_cast<size_t>(batch)) {
    throw std::logic_error("a scheduler makes one plan, or one for each row");
  }
  const bool shared = std::all_of(plans.begin(), plans.end(), [&](const Plan& plan) {
    return plan == plans.front() && (plan.probes().empty() || batch == 1);
  });
  if (shared) plans.resize(1);
  if (!shared && plans.size() == 1) plans.assign(batch, Plan(plans.front()));
  std::vector<PlannedRows> assigned;
  for (Plan& plan : plans) {
    CheckPlan(plan, assigned.empty() ? plan : assigned.front().plan, steps, blocks);
    const auto row = static_cast<int64_t>(assigned.size());
    assigned.push_back({.plan = std::move(plan), .first_row = row, .rows = shared ? batch : 1});
  }
  return assigned;
}

void CellCount::Compute(const BlockInfo& block) {
  ++computed;
  flops += block.flops_per_row;
}

void CellCount::Reuse(const BlockInfo& block) {
  ++reused;
  skipped_flops += block.flops_per_row;
}

RowTrace TraceOf(const Plan& plan, const CellCount& count, const FixedFlops& fixed,
                 double pruner_flops) {
  const int held = StepsThatHold(plan);
  return {.computed_cells = count.computed,
          .total_cells = count.computed + count.reused,
          .flops =
              fixed.per_chunk + (plan.steps() - held) * fixed.per_step + count.flops + pruner_flops,
          .pruner_flops = pruner_flops,
          .skipped_flops = count.skipped_flops + held * fixed.per_step,
          .plan_digest = plan.Digest()};
}

}  // namespace sagbench
