#pragma once

#include <vector>

#include <ATen/core/Tensor.h>

#include "core/spin_team.h"
#include "policies/packed_matrix.h"
#include "schedulers/sag_pruner.h"

namespace sagbench {

// SagPruner::Logits on the CPU, with packed weights and the kernels of policies/kernels.h: rows of
// 64 numbers are too narrow for LibTorch's operators, which took 9 ms where this takes half of one.
// Differs from SagPruner by rounding.
class PackedPruner {
 public:
  // `cell_table`: SagPruner::CellTable. All tensors float32 on the CPU; copies them.
  PackedPruner(const PrunerShape& shape, const PrunerWeights& weights,
               const at::Tensor& cell_table);

  // [B, steps, blocks, outputs] from normalised observations [B, To, obs]; each row depends on its
  // own observation alone, to the bit, however many threads share the work: the team's, if any.
  at::Tensor Logits(const at::Tensor& observations, SpinTeam* team = nullptr);

 private:
  struct Layer {
    PanelWeights weights;
    int panels = 0;
    int columns() const { return panels * kPanelWidth; }
  };

  // Both hidden layers and the outputs of a few cells.
  struct Room {
    FloatBuffer first, second, end;
  };

  Layer PackLayer(const at::Tensor& weight, const at::Tensor& bias);
  void Multiply(const Layer& layer, const float* input, int input_stride, int rows, bool gelu,
                float* output) const;
  // B gelu(C observation) of each observation: [B, columns of the first layer].
  at::Tensor SeenOf(const at::Tensor& observations) const;
  void LogitsOf(const float* seen, Share cells, Room& room, float* logits) const;

  PrunerShape shape_;
  PanelMemory memory_;
  Layer observe_, seen_, hidden_, out_;
  at::Tensor cells_;         // [cells, columns of the first layer]
  at::Tensor table_;         // [cells, outputs]
  std::vector<Room> rooms_;  // a thread's each
};

}  // namespace sagbench
