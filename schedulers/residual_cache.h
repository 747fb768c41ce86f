#pragma once

#include <vector>

#include <ATen/core/Tensor.h>

#include "policies/denoiser.h"
#include "schedulers/plan.h"

namespace sagbench {

// What the cells of one batch row cost, counted as they run.
struct CellCount {
  int64_t computed = 0, reused = 0;
  double flops = 0.0, skipped_flops = 0.0;
};

// The slots of one replan, and the running of single cells against them. Emptied by making a new
// one.
class ResidualCache {
 public:
  // `rows`: how many are counted apart, 1 where all rows share a plan.
  ResidualCache(const Denoiser& denoiser, int slot_count, size_t rows);

  // One plan for all rows: computes or reuses the cell and adds the residual to state.stream.
  void Run(const Plan& plan, int step, int block, StepState& state);
  // A plan a row: rows that compute the cell are gathered, the others reuse their slots.
  void RunRows(const std::vector<Plan>& plans, int step, int block, StepState& state);

  const std::vector<CellCount>& counts() const { return counts_; }

 private:
  void Count(size_t row, int block, bool computed);
  void StoreRows(const std::vector<uint16_t>& written, const at::Tensor& residual,
                 const at::Tensor& rows, const at::Tensor& like);

  const Denoiser& denoiser_;
  std::vector<CellCount> counts_;
  std::vector<at::Tensor> slots_;  // [B, T, d] each, undefined while empty
};

}  // namespace sagbench
