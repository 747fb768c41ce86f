#pragma once

#include <ATen/core/Tensor.h>

#include "policies/packed_matrix.h"
#include "schedulers/sag_pruner.h"

namespace sagbench {

// SagPruner::Logits on the CPU, with packed weights and the kernels of policies/kernels.h: rows of
// 64 numbers are too narrow for LibTorch's operators, which took 9 ms where this takes about one.
// One thread. Differs from SagPruner by rounding.
class PackedPruner {
 public:
  // `cell_table`: SagPruner::CellTable. All tensors float32 on the CPU; copies them.
  PackedPruner(const PrunerShape& shape, const PrunerWeights& weights,
               const at::Tensor& cell_table);

  // [B, steps, blocks, outputs] from normalised observations [B, To, obs]; each row depends on its
  // own observation alone, to the bit.
  at::Tensor Logits(const at::Tensor& observations);

 private:
  struct Layer {
    PanelWeights weights;
    int panels = 0;
    int columns() const { return panels * kPanelWidth; }
  };

  Layer PackLayer(const at::Tensor& weight, const at::Tensor& bias);
  void Multiply(const Layer& layer, const float* input, int input_stride, int rows, bool gelu,
                float* output) const;
  void LogitsOf(const float* observation, float* logits);

  PrunerShape shape_;
  PanelMemory memory_;
  Layer observe_, seen_, hidden_, out_;
  at::Tensor cells_;                  // [cells, columns of the first layer]
  at::Tensor table_;                  // [cells, outputs]
  FloatBuffer observed_, share_;      // of one observation: C's and B's result
  FloatBuffer first_, second_, end_;  // of a few cells
};

}  // namespace sagbench
