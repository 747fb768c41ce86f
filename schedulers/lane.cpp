#include "schedulers/lane.h"

#include <algorithm>
#include <utility>

#include "policies/aten.h"

namespace sagbench {
namespace {

at::Tensor RowIndex(std::span<Lane* const> lanes, const at::Tensor& like) {
  std::vector<int64_t> rows;
  for (const Lane* lane : lanes) {
    for (int64_t row = 0; row < lane->rows(); ++row) rows.push_back(lane->first_row() + row);
  }
  return at::tensor(rows, at::kLong).to(like.device());
}

}  // namespace

Lane::Lane(Plan plan, int64_t first_row, int64_t rows)
    : plan_(std::move(plan)), first_row_(first_row), rows_(rows), slots_(plan_.layout()) {}

void Lane::BeginStep(int step, const at::Tensor& stream) {
  step_ = step;
  stream_ = stream.narrow(0, first_row_, rows_);
  probes_.clear();
}

void Lane::Reuse(const BlockInfo& info, int block) {
  waiting_.push_back(plan_.at(step_, block).slot);
  count_.Reuse(info);
}

void Lane::SkipStep(std::span<const BlockInfo> blocks) {
  for (const BlockInfo& info : blocks) count_.Reuse(info);
}

void Lane::Flush() {
  if (waiting_.empty()) return;
  stream_.add_(slots_.Sum(waiting_, step_));
  waiting_.clear();
}

void Lane::Add(const BlockInfo& info, int block, const at::Tensor& residual) {
  slots_.Write(plan_.writes(block), step_, residual);
  stream_.add_(residual);
  const std::vector<int>& probes = plan_.probes();
  if (std::find(probes.begin(), probes.end(), block) != probes.end()) probes_.push_back(residual);
  count_.Compute(info);
}

void RunBlock(const Denoiser& denoiser, int block, const StepState& state,
              std::span<Lane* const> lanes) {
  const BlockInfo& info = denoiser.blocks()[block];
  std::vector<Lane*> computing;
  int64_t rows = 0;
  for (Lane* lane : lanes) {
    if (lane->Computes(block)) {
      lane->Flush();
      computing.push_back(lane);
      rows += lane->rows();
    } else {
      lane->Reuse(info, block);
    }
  }
  if (computing.empty()) return;
  if (rows == state.stream.size(0)) {
    const at::Tensor residual = denoiser.Residual(block, state.stream, state, {});
    for (Lane* lane : computing) {
      lane->Add(info, block,
                lanes.size() == 1 ? residual : residual.narrow(0, lane->first_row(), lane->rows()));
    }
    return;
  }
  const at::Tensor chosen = RowIndex(computing, state.stream);
  const at::Tensor residual =
      denoiser.Residual(block, state.stream.index_select(0, chosen), state, chosen);
  int64_t first = 0;
  for (Lane* lane : computing) {
    lane->Add(info, block, residual.narrow(0, first, lane->rows()));
    first += lane->rows();
  }
}

}  // namespace sagbench
