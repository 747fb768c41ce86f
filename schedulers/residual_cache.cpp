#include "schedulers/residual_cache.h"

#include <map>

#include <ATen/ATen.h>

namespace sagbench {
namespace {

at::Tensor RowIndex(const std::vector<int64_t>& rows, const at::Tensor& like) {
  return at::tensor(rows, at::kLong).to(like.device());
}

}  // namespace

ResidualCache::ResidualCache(const Denoiser& denoiser, int slot_count, size_t rows)
    : denoiser_(denoiser), counts_(rows), slots_(slot_count) {}

void ResidualCache::Count(size_t row, int block, bool computed) {
  const double flops = denoiser_.blocks()[block].flops_per_row;
  CellCount& count = counts_[row];
  (computed ? count.computed : count.reused) += 1;
  (computed ? count.flops : count.skipped_flops) += flops;
}

void ResidualCache::Run(const Plan& plan, int step, int block, StepState& state) {
  const Cell& cell = plan.at(step, block);
  Count(0, block, cell.compute);
  if (!cell.compute) {
    state.stream.add_(slots_[cell.slot]);
    return;
  }
  const at::Tensor residual = denoiser_.Residual(block, state.stream, state, {});
  for (const uint16_t slot : plan.writes(block)) slots_[slot] = residual;
  state.stream.add_(residual);
}

void ResidualCache::RunRows(const std::vector<Plan>& plans, int step, int block, StepState& state) {
  std::vector<int64_t> computing;
  std::map<uint16_t, std::vector<int64_t>> reusing;
  for (size_t row = 0; row < plans.size(); ++row) {
    const Cell& cell = plans[row].at(step, block);
    Count(row, block, cell.compute);
    (cell.compute ? computing : reusing[cell.slot]).push_back(static_cast<int64_t>(row));
  }
  at::Tensor added = at::empty_like(state.stream);
  if (!computing.empty()) {
    const at::Tensor rows = RowIndex(computing, state.stream);
    const at::Tensor residual =
        denoiser_.Residual(block, state.stream.index_select(0, rows), state, rows);
    added.index_copy_(0, rows, residual);
    StoreRows(plans[computing.front()].writes(block), residual, rows, added);
  }
  for (const auto& [slot, rows] : reusing) {
    const at::Tensor index = RowIndex(rows, state.stream);
    added.index_copy_(0, index, slots_[slot].index_select(0, index));
  }
  state.stream.add_(added);
}

// Slots may share a tensor, so a partial write makes a new one.
void ResidualCache::StoreRows(const std::vector<uint16_t>& written, const at::Tensor& residual,
                              const at::Tensor& rows, const at::Tensor& like) {
  for (const uint16_t slot : written) {
    const at::Tensor held = slots_[slot].defined() ? slots_[slot] : at::zeros_like(like);
    slots_[slot] = held.index_copy(0, rows, residual);
  }
}

}  // namespace sagbench
