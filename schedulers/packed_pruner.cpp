#include "schedulers/packed_pruner.h"

#include <algorithm>

#include "policies/aten.h"

namespace sagbench {
namespace {

constexpr int kCellsAtOnce = 48;  // two hidden layers of so many stay in the first-level cache

FloatBuffer RoomFor(int columns) {
  return FloatBuffer(kCellsAtOnce * static_cast<size_t>(columns));
}

}  // namespace

PackedPruner::PackedPruner(const PrunerShape& shape, const PrunerWeights& weights,
                           const at::Tensor& cell_table)
    : shape_(shape),
      observe_(PackLayer(weights.observe, weights.observe_bias)),
      seen_(PackLayer(weights.seen, at::zeros({shape.width}))),
      hidden_(PackLayer(weights.hidden, weights.hidden_bias)),
      out_(PackLayer(weights.out, weights.out_bias)),
      cells_(at::constant_pad_nd(cell_table, {0, seen_.columns() - shape.width}).contiguous()),
      table_(weights.table.flatten(0, 1).clone()) {}

PackedPruner::Layer PackedPruner::PackLayer(const at::Tensor& weight, const at::Tensor& bias) {
  return {Pack(weight, bias, Factors::kFloat32, memory_), PanelsOf(weight.size(0))};
}

void PackedPruner::Multiply(const Layer& layer, const float* input, int input_stride, int rows,
                            bool gelu, float* output) const {
  BestKernels().multiply(layer.weights, 0, layer.panels,
                         {.input = input,
                          .input_stride = input_stride,
                          .rows = rows,
                          .output = output,
                          .output_stride = layer.columns(),
                          .activation = gelu ? Activation::kGelu : Activation::kNone});
}

at::Tensor PackedPruner::SeenOf(const at::Tensor& observations) const {
  const auto rows = static_cast<int>(observations.size(0));
  const at::Tensor observed = at::empty({rows, observe_.columns()}, at::kFloat);
  at::Tensor seen = at::empty({rows, seen_.columns()}, at::kFloat);
  Multiply(observe_, observations.const_data_ptr<float>(), shape_.observation_size, rows,
           /*gelu=*/true, observed.data_ptr<float>());
  Multiply(seen_, observed.const_data_ptr<float>(), observe_.columns(), rows, /*gelu=*/false,
           seen.data_ptr<float>());
  return seen;
}

// Of the cells, at most kCellsAtOnce of them, for one observation.
void PackedPruner::LogitsOf(const float* seen, Share cells, Room& room, float* logits) const {
  const Kernels& kernels = BestKernels();
  const int width = seen_.columns(), outputs = shape_.outputs(), rows = cells.end - cells.begin;
  const float* cell = cells_.const_data_ptr<float>() + static_cast<ptrdiff_t>(cells.begin) * width;
  for (int row = 0; row < rows; ++row, cell += width) {
    kernels.gelu_sum(cell, seen, room.first.data() + row * width, width);
  }
  Multiply(hidden_, room.first.data(), width, rows, /*gelu=*/true, room.second.data());
  Multiply(out_, room.second.data(), hidden_.columns(), rows, /*gelu=*/false, room.end.data());
  const ptrdiff_t first = static_cast<ptrdiff_t>(cells.begin) * outputs;
  const float* table = table_.const_data_ptr<float>() + first;
  float* to = logits + first;
  for (int row = 0; row < rows; ++row) {
    for (int k = 0; k < outputs; ++k) {
      *to++ = room.end.data()[row * out_.columns() + k] + *table++;
    }
  }
}

at::Tensor PackedPruner::Logits(const at::Tensor& observations, SpinTeam* team) {
  const at::Tensor seen = SeenOf(observations.flatten(1).contiguous());
  at::Tensor logits =
      at::empty({seen.size(0), shape_.steps, shape_.blocks, shape_.outputs()}, at::kFloat);
  const auto cells = static_cast<int>(cells_.size(0));
  const int parts = (cells + kCellsAtOnce - 1) / kCellsAtOnce;
  const auto work = [&](const TeamMember& member) {
    Room& room = rooms_[static_cast<size_t>(member.rank)];
    const Share own = member.ShareOf(static_cast<int>(seen.size(0)) * parts);
    for (int i = own.begin; i < own.end; ++i) {
      const int row = i / parts, from = i % parts * kCellsAtOnce;
      LogitsOf(seen.const_data_ptr<float>() + row * seen.size(1),
               {from, std::min(from + kCellsAtOnce, cells)}, room,
               logits.data_ptr<float>() + row * logits.stride(0));
    }
  };
  const int members = team != nullptr ? team->size() : 1;
  while (rooms_.size() < static_cast<size_t>(members)) {
    rooms_.push_back({.first = RoomFor(seen_.columns()),
                      .second = RoomFor(hidden_.columns()),
                      .end = RoomFor(out_.columns())});
  }
  if (team != nullptr) {
    team->Run(work);
  } else {
    work({});
  }
  return logits;
}

}  // namespace sagbench
