#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>

#include "schedulers/plan.h"

namespace sagbench {

// The weights of values at the steps `at` in the value at `step` of the polynomial through them:
// Lagrange's form. It is TaylorSeer's Taylor series with finite differences (Liu et al., 2025) for
// two steps, and exact where theirs is not for three.
std::vector<double> PolynomialWeights(const std::vector<int>& at, int step);

// The residuals that a plan's slots hold during one replan. Tensors written are shared, not copied:
// nobody may change them afterwards.
class SlotStore {
 public:
  explicit SlotStore(const SlotLayout& layout);

  // A residual [rows, T, d] computed at a denoising step, into every slot named.
  void Write(std::span<const uint16_t> slots, int step, const at::Tensor& residual);

  // What reusing the slot at a step adds. Throws Error (usage) while nothing was written.
  at::Tensor Value(uint16_t slot, int step) const;

  // The sum of the values at a step; a slot may be named several times. Sums of constant slots are
  // kept and found again until one of their slots is written, so that a stretch of reused blocks
  // costs one addition when it comes back in the next step.
  at::Tensor Sum(const std::vector<uint16_t>& slots, int step);

 private:
  struct Slot {
    size_t kept = 1;                                // residuals that its rule looks at
    std::deque<std::pair<int, at::Tensor>> writes;  // newest last
    uint64_t written = 0;                           // when, in number of writes
  };
  struct KeptSum {
    std::vector<uint16_t> slots;
    uint64_t made = 0;
    at::Tensor value;
  };

  at::Tensor Extrapolate(const Slot& slot, int step) const;
  const Slot& Filled(uint16_t slot) const;
  at::Tensor Add(const std::vector<uint16_t>& slots, int step) const;

  std::vector<Slot> slots_;
  std::vector<KeptSum> sums_;
  size_t next_sum_ = 0;  // the one that is forgotten first
  uint64_t writes_ = 0;
};

}  // namespace sagbench
