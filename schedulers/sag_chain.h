#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

#include "core/noise.h"
#include "policies/denoiser.h"
#include "schedulers/sag_pruner.h"

namespace sagbench {

// Forward exactly 0 or 1 (logit above 0), backward the sigmoid's gradient.
at::Tensor StraightThrough(const at::Tensor& logits);

// The blocks of one replan with gates that can be learned. `logits` [B, steps, blocks, outputs] as
// SagPruner gives them; what runs is what PlanFromLogits would plan, row by row.
class GatedBlocks {
 public:
  // `sampled`: share of cells whose reusing rows are run for their gates' gradient; 0 outside of
  // training. `random` decides which; both references must outlive this.
  GatedBlocks(const Denoiser& denoiser, const at::Tensor& logits, Reuse reuse, double sampled,
              CounterRandom& random);

  // All blocks of a step: the stream [B, T, d] after them.
  at::Tensor Run(int step, const StepState& state);

 private:
  at::Tensor RunCell(int step, int block, const at::Tensor& stream, const StepState& state);
  at::Tensor WithClosedGates(int block, const at::Tensor& stream, const StepState& state,
                             const at::Tensor& added, const at::Tensor& gate,
                             const at::Tensor& computed) const;
  at::Tensor Cached(int step, int block) const;
  void Store(int block, const at::Tensor& rows, const at::Tensor& residual, const at::Tensor& like);

  const Denoiser& denoiser_;
  at::Tensor gates_, own_;  // [B, steps, blocks], straight-through: computed; own slot, not kind's
  at::Tensor hard_;         // bool: computed
  SlotLayout layout_;
  Reuse reuse_;
  double sampled_;
  CounterRandom& random_;
  std::vector<at::Tensor> slots_;  // [B, T, d], constants
};

}  // namespace sagbench
