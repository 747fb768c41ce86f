#include "schedulers/sag_chain.h"

#include "policies/aten.h"

namespace sagbench {
namespace {

// [b] to [b, 1, 1].
at::Tensor Column(const at::Tensor& rows) {
  return rows.view({-1, 1, 1});
}

}  // namespace

at::Tensor StraightThrough(const at::Tensor& logits) {
  const at::Tensor soft = logits.sigmoid();
  return (logits > 0.0).to(soft.scalar_type()) + (soft - soft.detach());
}

at::Tensor CellGates(const at::Tensor& logits, Hold hold) {
  const GateLogits split = SplitLogits(logits, hold);
  return StraightThrough(split.step).unsqueeze(-1) * StraightThrough(split.cell);
}

GatedBlocks::GatedBlocks(const Denoiser& denoiser, const at::Tensor& logits, Reuse reuse, Hold hold,
                         double sampled, CounterRandom& random)
    : denoiser_(denoiser),
      hard_(ComputedCells(logits.select(-1, 0), hold).detach()),
      layout_(ReuseLayout(reuse, static_cast<int>(logits.size(2)))),
      reuse_(reuse),
      sampled_(sampled),
      random_(random),
      slots_(layout_.orders.size()) {
  const GateLogits split = SplitLogits(logits.select(-1, 0), hold);
  step_gates_ = StraightThrough(split.step);
  gates_ = StraightThrough(split.cell);
  runs_ = (split.step > 0.0).detach();
  if (reuse == Reuse::kAll) own_ = StraightThrough(logits.select(-1, 1));
}

at::Tensor GatedBlocks::Run(int step, const StepState& state) {
  at::Tensor stream = state.stream;
  for (int block = 0; block < static_cast<int>(denoiser_.blocks().size()); ++block) {
    stream = stream + RunCell(step, block, stream, state);
  }
  return stream;
}

at::Tensor GatedBlocks::StepGate(int step) const {
  return Column(step_gates_.select(1, step));
}

bool GatedBlocks::DrawsHeldStep() {
  return sampled_ > 0.0 && random_.Uniform() < sampled_;
}

at::Tensor GatedBlocks::DensePrediction(const StepState& state, const at::Tensor& rows) const {
  const at::NoGradGuard no_grad;
  at::Tensor stream = state.stream.detach().index_select(0, rows);
  for (int block = 0; block < static_cast<int>(denoiser_.blocks().size()); ++block) {
    stream = stream + denoiser_.Residual(block, stream, state, rows);
  }
  const at::Tensor predicted = denoiser_.Finish(stream);
  at::Tensor all = at::zeros({state.stream.size(0), predicted.size(1), predicted.size(2)});
  return all.index_copy_(0, rows, predicted);
}

// What reuse would add, all rows.
at::Tensor GatedBlocks::Cached(int step, int block) const {
  const int kind = block % kBlockKinds;
  if (reuse_ == Reuse::kBlock) return slots_[block];
  if (reuse_ == Reuse::kKind) return slots_[kind];
  const at::Tensor own = Column(own_.select(1, step).select(1, block));
  return own * slots_[kBlockKinds + block] + (1.0 - own) * slots_[kind];
}

void GatedBlocks::Store(int block, const at::Tensor& rows, const at::Tensor& residual,
                        const at::Tensor& like) {
  const at::Tensor constant = residual.detach();
  for (const uint16_t slot : layout_.writes[block]) {
    if (!rows.defined()) {
      slots_[slot] = constant;
    } else {
      const at::Tensor held = slots_[slot].defined() ? slots_[slot] : at::zeros_like(like);
      slots_[slot] = held.index_copy(0, rows, constant);
    }
  }
}

at::Tensor GatedBlocks::RunCell(int step, int block, const at::Tensor& stream,
                                const StepState& state) {
  if (step == 0) {
    const at::Tensor residual = denoiser_.Residual(block, stream, state, {});
    Store(block, {}, residual, stream);
    return residual;
  }
  const at::Tensor gate = Column(gates_.select(1, step).select(1, block));
  const at::Tensor computed = hard_.select(1, step).select(1, block);
  const at::Tensor on = computed.nonzero().flatten();
  at::Tensor added = Cached(step, block);
  const int64_t batch = stream.size(0);
  if (on.size(0) == batch) {
    const at::Tensor residual = denoiser_.Residual(block, stream, state, {});
    const at::Tensor kept = added.detach();
    Store(block, {}, residual, stream);
    return gate * residual + (1.0 - gate) * kept;
  }
  const bool learns = sampled_ > 0.0 && random_.Uniform() < sampled_;
  const at::Tensor off = (computed.logical_not() & Runs(step)).nonzero().flatten();
  if (learns && off.size(0) > 0) added = WithClosedGates(block, stream, state, added, gate, off);
  if (on.size(0) == 0) return added;
  const at::Tensor residual = denoiser_.Residual(block, stream.index_select(0, on), state, on);
  const at::Tensor kept = added.detach().index_select(0, on);
  const at::Tensor share = gate.index_select(0, on);
  Store(block, on, residual, stream);
  return added.index_copy(0, on, share * residual + (1.0 - share) * kept);
}

// Rows that do not compute the cell feel what computing it would have added, times 1 / sampled_.
at::Tensor GatedBlocks::WithClosedGates(int block, const at::Tensor& stream, const StepState& state,
                                        const at::Tensor& added, const at::Tensor& gate,
                                        const at::Tensor& off) const {
  at::Tensor change;
  {
    const at::NoGradGuard no_grad;
    change = denoiser_.Residual(block, stream.detach().index_select(0, off), state, off) -
             added.detach().index_select(0, off);
  }
  return added.index_add(0, off, gate.index_select(0, off) * (change / sampled_));
}

}  // namespace sagbench
