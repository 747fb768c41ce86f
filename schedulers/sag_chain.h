#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

#include "core/noise.h"
#include "policies/denoiser.h"
#include "schedulers/sag_pruner.h"

namespace sagbench {

// Forward exactly 0 or 1 (logit above 0), backward the sigmoid's gradient.
at::Tensor StraightThrough(const at::Tensor& logits);
// ComputedCells, straight-through.
at::Tensor CellGates(const at::Tensor& logits, Hold hold);

// The blocks of one replan with gates that can be learned. `logits` [B, steps, blocks, outputs] as
// SagPruner gives them; what runs is what PlanFromLogits would plan, row by row.
class GatedBlocks {
 public:
  // `sampled`: share of cells whose reusing rows are run for their gates' gradient; 0 outside of
  // training. `random` decides which; both references must outlive this.
  GatedBlocks(const Denoiser& denoiser, const at::Tensor& logits, Reuse reuse, Hold hold,
              double sampled, CounterRandom& random);

  // All blocks of a step: the stream [B, T, d] after them, of rows that hold as it may be.
  at::Tensor Run(int step, const StepState& state);

  // Rows [B] (bool) in which something of a step runs; see Plan::Holds.
  at::Tensor Runs(int step) const { return runs_.select(1, step); }
  // The same [B, 1, 1] as a gate, straight-through.
  at::Tensor StepGate(int step) const;
  // True, for a random `sampled` share of the steps, where rows that hold are to learn what running
  // would change.
  bool DrawsHeldStep();
  // The prediction [B, T, act] with all blocks computed, in the given rows; elsewhere zeros.
  at::Tensor DensePrediction(const StepState& state, const at::Tensor& rows) const;

 private:
  at::Tensor RunCell(int step, int block, const at::Tensor& stream, const StepState& state);
  at::Tensor WithClosedGates(int block, const at::Tensor& stream, const StepState& state,
                             const at::Tensor& added, const at::Tensor& gate,
                             const at::Tensor& off) const;
  at::Tensor Cached(int step, int block) const;
  void Store(int block, const at::Tensor& rows, const at::Tensor& residual, const at::Tensor& like);

  const Denoiser& denoiser_;
  at::Tensor step_gates_;   // [B, steps], straight-through: the step runs
  at::Tensor gates_, own_;  // [B, steps, blocks], of steps that run: computed; own slot, not kind's
  at::Tensor hard_;         // bool: computed
  at::Tensor runs_;         // bool [B, steps]
  SlotLayout layout_;
  Reuse reuse_;
  double sampled_;
  CounterRandom& random_;
  std::vector<at::Tensor> slots_;  // [B, T, d], constants
};

}  // namespace sagbench
