#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <ATen/core/Tensor.h>

#include "policies/denoiser.h"
#include "schedulers/plan_rows.h"
#include "schedulers/slot_store.h"

namespace sagbench {

// Consecutive rows of a batch that follow one plan during a replan, with their slots. Reused cells
// wait until a block is to be computed and are then added as one sum.
class Lane {
 public:
  Lane(Plan plan, int64_t first_row, int64_t rows);

  const Plan& plan() const { return plan_; }
  Plan& plan() { return plan_; }
  int64_t first_row() const { return first_row_; }
  int64_t rows() const { return rows_; }

  // `stream` [B, T, d] of all rows; the lane adds to its own.
  void BeginStep(int step, const at::Tensor& stream);
  bool Computes(int block) const { return plan_.at(step_, block).compute; }
  void Reuse(const BlockInfo& info, int block);
  // A step in which nothing of this lane runs (Plan::Holds): counts its cells.
  bool Holds(int step) const { return plan_.Holds(step); }
  void SkipStep(std::span<const BlockInfo> blocks);
  // Adds what waits, so that a block sees the stream as it is.
  void Flush();
  // Stores and adds a computed residual [rows, T, d].
  void Add(const BlockInfo& info, int block, const at::Tensor& residual);

  // Residuals of the plan's probes in this step, [rows, T, d] each.
  const std::vector<at::Tensor>& probes() const { return probes_; }
  const CellCount& count() const { return count_; }

 private:
  Plan plan_;
  int64_t first_row_, rows_;
  int step_ = 0;
  at::Tensor stream_;  // the lane's rows of the step's stream
  SlotStore slots_;
  std::vector<uint16_t> waiting_;
  std::vector<at::Tensor> probes_;
  CellCount count_;
};

// Runs one block of one step for the lanes that run in it: those that compute it share one
// evaluation.
void RunBlock(const Denoiser& denoiser, int block, const StepState& state,
              std::span<Lane* const> lanes);

}  // namespace sagbench
