#pragma once

#include <cstdint>
#include <vector>

#include "schedulers/executor.h"
#include "schedulers/plan.h"

namespace sagbench {

// Consecutive rows of a batch that follow one plan during a replan.
struct PlannedRows {
  Plan plan;
  int64_t first_row = 0, rows = 1;
};

// A scheduler's plans as all executors take them, validated: one for the whole batch if its rows
// can share it, else one a row. Throws Error (usage) for plans of another grid than `steps` x
// `blocks` or that reuse empty slots, std::logic_error for a number of plans that fits no batch.
std::vector<PlannedRows> AssignPlans(std::vector<Plan> plans, int64_t batch, int steps, int blocks);

// What the cells of one batch row cost, counted as they run.
struct CellCount {
  int64_t computed = 0, reused = 0;
  double flops = 0.0, skipped_flops = 0.0;

  void Compute(const BlockInfo& block);
  void Reuse(const BlockInfo& block);
};

// What ran for one row: `plan` as it ran, its cells, what the denoiser spends outside of them, and
// the scheduler's own products.
RowTrace TraceOf(const Plan& plan, const CellCount& count, const FixedFlops& fixed,
                 double pruner_flops);

}  // namespace sagbench
