#include "schedulers/packed_pruner.h"

#include <algorithm>

#include "policies/aten.h"

namespace sagbench {
namespace {

constexpr int kCellsAtOnce = 48;  // two hidden layers of so many stay in the first-level cache

size_t Room(int rows, int columns) {
  return static_cast<size_t>(rows) * static_cast<size_t>(columns);
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
      table_(weights.table.flatten(0, 1).clone()),
      observed_(Room(1, observe_.columns())),
      share_(Room(1, seen_.columns())),
      first_(Room(kCellsAtOnce, seen_.columns())),
      second_(Room(kCellsAtOnce, hidden_.columns())),
      end_(Room(kCellsAtOnce, out_.columns())) {}

PackedPruner::Layer PackedPruner::PackLayer(const at::Tensor& weight, const at::Tensor& bias) {
  return {Pack(weight, bias, WeightStorage::kFloat32, memory_), PanelsOf(weight.size(0))};
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

void PackedPruner::LogitsOf(const float* observation, float* logits) {
  const Kernels& kernels = BestKernels();
  const int width = seen_.columns(), outputs = shape_.outputs();
  Multiply(observe_, observation, shape_.observation_size, 1, /*gelu=*/true, observed_.data());
  Multiply(seen_, observed_.data(), observe_.columns(), 1, /*gelu=*/false, share_.data());
  const auto cells = static_cast<int>(cells_.size(0));
  const float* cell = cells_.const_data_ptr<float>();
  const float* table = table_.const_data_ptr<float>();
  for (int done = 0; done < cells; done += kCellsAtOnce) {
    const int rows = std::min(kCellsAtOnce, cells - done);
    for (int row = 0; row < rows; ++row, cell += width) {
      kernels.gelu_sum(cell, share_.data(), first_.data() + row * width, width);
    }
    Multiply(hidden_, first_.data(), width, rows, /*gelu=*/true, second_.data());
    Multiply(out_, second_.data(), hidden_.columns(), rows, /*gelu=*/false, end_.data());
    for (int row = 0; row < rows; ++row) {
      for (int k = 0; k < outputs; ++k) {
        *logits++ = end_.data()[row * out_.columns() + k] + *table++;
      }
    }
  }
}

at::Tensor PackedPruner::Logits(const at::Tensor& observations) {
  const at::Tensor seen = observations.flatten(1).contiguous();
  at::Tensor logits =
      at::empty({seen.size(0), shape_.steps, shape_.blocks, shape_.outputs()}, at::kFloat);
  for (int64_t row = 0; row < seen.size(0); ++row) {
    LogitsOf(seen[row].const_data_ptr<float>(), logits[row].data_ptr<float>());
  }
  return logits;
}

}  // namespace sagbench
