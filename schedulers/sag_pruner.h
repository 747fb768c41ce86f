#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "schedulers/plan.h"

namespace sagbench {

// Sparse ActionGen's pruner: from an observation to the cells of a (denoising step x block) grid
// that are computed, before denoising begins. Neither paper nor code gives its sizes; these are
// ours.
//
//   cell    = encoder([sinusoid(step), sinusoid(block)])   a transformer layer over all cells
//   hidden  = gelu(A cell + B gelu(C observation))         first layer of the MLP
//   outputs = table + F gelu(E hidden)                     the other two
//
// encoder and `A cell` see no observation, so they are computed once a checkpoint. `table` is what
// every observation shares; training begins with it.

// Where a reused cell takes its residual from.
enum class Reuse {
  kKind,   // three shared slots, one a kind of block (the paper's one-for-all reuse)
  kBlock,  // a slot a block
  kAll     // each reused cell chooses between its kind's and its own
};
Reuse ReuseFromName(const std::string& name);
std::string ReuseName(Reuse reuse);
// Slots 0, 1, 2 by kind and one a block after them, as far as the way of reuse has them; blocks in
// the network's order SA, CA, FF.
SlotLayout ReuseLayout(Reuse reuse, int blocks);

struct PrunerShape {
  int steps = 100, blocks = 24;
  int observation_size = 40;  // To * obs
  Reuse reuse = Reuse::kAll;
  Hold hold = Hold::kResiduals;  // of the plans
  int width = 64;                // of embeddings and hidden layers

  int outputs() const { return reuse == Reuse::kAll ? 2 : 1; }  // compute; own slot, not kind's
  bool operator==(const PrunerShape&) const = default;
};

struct PrunerWeights {
  at::Tensor table;                               // [steps, blocks, outputs]
  at::Tensor qkv, qkv_bias, joined, joined_bias;  // encoder's attention
  at::Tensor norm1, norm1_bias, norm2, norm2_bias;
  at::Tensor wide, wide_bias, narrow, narrow_bias;  // encoder's feed-forward
  at::Tensor cell, cell_bias;                       // A
  at::Tensor observe, observe_bias;                 // C
  at::Tensor seen;                                  // B
  at::Tensor hidden, hidden_bias;                   // E
  at::Tensor out, out_bias;                         // F
};

struct PrunerParameter {
  std::string name;
  std::vector<int64_t> shape;
  at::Tensor* tensor;
};
std::vector<PrunerParameter> PrunerParameters(const PrunerShape& shape, PrunerWeights& weights);

// Fresh weights: a `table` that computes about (1 - rate) of the cells, denser late, and an `out`
// of `out_scale` (0: every observation gets the table's mask). A pure function of its arguments.
PrunerWeights InitialPruner(const PrunerShape& shape, double rate, double out_scale, uint64_t seed);

// Makes a table [steps, blocks, outputs] compute these steps as a whole and no other cells.
void WriteTableSteps(const std::vector<int>& steps, at::Tensor& table);

class SagPruner {
 public:
  // Keeps references to the weights' tensors.
  SagPruner(PrunerShape shape, PrunerWeights weights);

  const PrunerShape& shape() const { return shape_; }
  // What does not depend on an observation: [steps * blocks, width].
  at::Tensor CellTable() const;
  // [B, steps, blocks, outputs] from normalised observations [B, To, obs]: above 0 the cell is
  // computed, and for Reuse::kAll a reused cell takes its own block's slot.
  at::Tensor Logits(const at::Tensor& observations, const at::Tensor& cell_table) const;
  // Matrix products of Logits for one row, given the table.
  double flops_per_row() const;

 private:
  PrunerShape shape_;
  PrunerWeights w_;
};

// What decides whether a step runs, [..., steps], and a cell of a step that does, [..., steps,
// blocks]: computed where both are above 0. `logits` [..., steps, blocks] are a pruner's first
// outputs. With Hold::kResiduals each cell decides for itself. With Hold::kClean a step's logit is
// the mean of its cells', and a cell counts how far it is above that, plus 1: so steps run as a
// whole at first, and a few cells alone never make a step run on residuals that are mostly stale.
struct GateLogits {
  at::Tensor step, cell;
};
GateLogits SplitLogits(const at::Tensor& logits, Hold hold);
// Bool [..., steps, blocks].
at::Tensor ComputedCells(const at::Tensor& logits, Hold hold);

// Which cells compute, and which slot the others reuse: logits [steps, blocks, outputs] of one row.
// Step 0 is always computed.
Plan PlanFromLogits(const at::Tensor& logits, Reuse reuse, Hold hold);

}  // namespace sagbench
