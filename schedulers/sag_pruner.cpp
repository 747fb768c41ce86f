#include "schedulers/sag_pruner.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "policies/aten.h"
#include "policies/denoiser.h"
#include "policies/dp_transformer.h"
#include "policies/transformer_weights.h"
#include "schedulers/whole_steps.h"

namespace sagbench {
namespace {

constexpr int kHeads = 4;
constexpr int kObserveWidth = 128;
constexpr double kTableLogit = 0.5;  // of cells that begin as computed; -0.5 of the others
constexpr double kTableNoise = 0.05;
constexpr double kNormEpsilon = 1e-5;

at::Tensor Norm(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
  return at::layer_norm(x, {x.size(-1)}, weight, bias, kNormEpsilon);
}

}  // namespace

Reuse ReuseFromName(const std::string& name) {
  if (name == "kind") return Reuse::kKind;
  return name == "block" ? Reuse::kBlock : Reuse::kAll;
}

std::string ReuseName(Reuse reuse) {
  if (reuse == Reuse::kKind) return "kind";
  return reuse == Reuse::kBlock ? "block" : "all";
}

SlotLayout ReuseLayout(Reuse reuse, int blocks) {
  if (reuse == Reuse::kBlock) return SlotPerBlock(blocks);
  SlotLayout layout{.writes = {}, .orders = std::vector<uint8_t>(kBlockKinds, 0)};
  for (int block = 0; block < blocks; ++block) {
    layout.writes.push_back({static_cast<uint16_t>(block % kBlockKinds)});
    if (reuse != Reuse::kAll) continue;
    layout.writes.back().push_back(static_cast<uint16_t>(kBlockKinds + block));
    layout.orders.push_back(0);
  }
  return layout;
}

std::vector<PrunerParameter> PrunerParameters(const PrunerShape& shape, PrunerWeights& weights) {
  const int64_t w = shape.width;
  return {
      {"table", {shape.steps, shape.blocks, shape.outputs()}, &weights.table},
      {"encoder.qkv.weight", {3 * w, w}, &weights.qkv},
      {"encoder.qkv.bias", {3 * w}, &weights.qkv_bias},
      {"encoder.out.weight", {w, w}, &weights.joined},
      {"encoder.out.bias", {w}, &weights.joined_bias},
      {"encoder.norm1.weight", {w}, &weights.norm1},
      {"encoder.norm1.bias", {w}, &weights.norm1_bias},
      {"encoder.norm2.weight", {w}, &weights.norm2},
      {"encoder.norm2.bias", {w}, &weights.norm2_bias},
      {"encoder.linear1.weight", {2 * w, w}, &weights.wide},
      {"encoder.linear1.bias", {2 * w}, &weights.wide_bias},
      {"encoder.linear2.weight", {w, 2 * w}, &weights.narrow},
      {"encoder.linear2.bias", {w}, &weights.narrow_bias},
      {"mlp.0.cell.weight", {w, w}, &weights.cell},
      {"mlp.0.bias", {w}, &weights.cell_bias},
      {"observation.weight", {kObserveWidth, shape.observation_size}, &weights.observe},
      {"observation.bias", {kObserveWidth}, &weights.observe_bias},
      {"mlp.0.observation.weight", {w, kObserveWidth}, &weights.seen},
      {"mlp.1.weight", {w, w}, &weights.hidden},
      {"mlp.1.bias", {w}, &weights.hidden_bias},
      {"mlp.2.weight", {shape.outputs(), w}, &weights.out},
      {"mlp.2.bias", {shape.outputs()}, &weights.out_bias},
  };
}

PrunerWeights InitialPruner(const PrunerShape& shape, double rate, double out_scale,
                            uint64_t seed) {
  PrunerWeights weights;
  uint64_t index = 0;
  for (PrunerParameter& parameter : PrunerParameters(shape, weights)) {
    const bool is_norm = parameter.name.find("norm") != std::string::npos;
    if (parameter.shape.size() == 1) {
      const bool one = is_norm && parameter.name.ends_with("weight");
      *parameter.tensor = one ? at::ones(parameter.shape) : at::zeros(parameter.shape);
    } else {
      const double scale = 1.0 / std::sqrt(static_cast<double>(parameter.shape.back()));
      *parameter.tensor = NormalTensor(parameter.shape, seed, index).mul_(scale);
    }
    ++index;
  }
  weights.out.mul_(out_scale);
  weights.table =
      NormalTensor({shape.steps, shape.blocks, shape.outputs()}, seed, index).mul_(kTableNoise);
  const at::Tensor noise = weights.table.select(-1, 0).clone();
  WriteTableSteps(LateSteps(shape.steps, rate, shape.hold), weights.table);
  weights.table.select(-1, 0).add_(noise);
  return weights;
}

void WriteTableSteps(const std::vector<int>& steps, at::Tensor& table) {
  table.select(-1, 0).fill_(-kTableLogit);
  for (const int step : steps) table[step].select(-1, 0).fill_(kTableLogit);
}

SagPruner::SagPruner(PrunerShape shape, PrunerWeights weights)
    : shape_(shape), w_(std::move(weights)) {}

at::Tensor SagPruner::CellTable() const {
  const int half = shape_.width / 2;
  const auto options = w_.table.options().dtype(at::kLong).requires_grad(false);
  const at::Tensor steps = TimeEmbedding(at::arange(shape_.steps, options), half);
  const at::Tensor blocks = TimeEmbedding(at::arange(shape_.blocks, options), half);
  const at::Tensor cells = at::cat({steps.unsqueeze(1).expand({-1, shape_.blocks, -1}),
                                    blocks.unsqueeze(0).expand({shape_.steps, -1, -1})},
                                   -1)
                               .flatten(0, 1);
  const auto heads = [&](const at::Tensor& part) {
    return part.unflatten(-1, {kHeads, shape_.width / kHeads}).transpose(0, 1).unsqueeze(0);
  };
  const std::vector<at::Tensor> qkv =
      at::linear(Norm(cells, w_.norm1, w_.norm1_bias), w_.qkv, w_.qkv_bias).chunk(3, -1);
  const at::Tensor attended =
      at::scaled_dot_product_attention(heads(qkv[0]), heads(qkv[1]), heads(qkv[2]))
          .squeeze(0)
          .transpose(0, 1)
          .flatten(1);
  at::Tensor x = cells + at::linear(attended, w_.joined, w_.joined_bias);
  const at::Tensor wide =
      at::gelu(at::linear(Norm(x, w_.norm2, w_.norm2_bias), w_.wide, w_.wide_bias));
  x = x + at::linear(wide, w_.narrow, w_.narrow_bias);
  return at::linear(x, w_.cell, w_.cell_bias);
}

at::Tensor SagPruner::Logits(const at::Tensor& observations, const at::Tensor& cell_table) const {
  const at::Tensor observed =
      at::gelu(at::linear(observations.flatten(1), w_.observe, w_.observe_bias));
  const at::Tensor seen = at::linear(observed, w_.seen).unsqueeze(1);
  const at::Tensor first = at::gelu(cell_table.unsqueeze(0) + seen);
  const at::Tensor second = at::gelu(at::linear(first, w_.hidden, w_.hidden_bias));
  const at::Tensor out = at::linear(second, w_.out, w_.out_bias);
  return out.view({observations.size(0), shape_.steps, shape_.blocks, shape_.outputs()}) + w_.table;
}

double SagPruner::flops_per_row() const {
  const double w = shape_.width, cells = static_cast<double>(shape_.steps) * shape_.blocks;
  return 2.0 *
         (cells * (w * w + w * shape_.outputs()) + kObserveWidth * (shape_.observation_size + w));
}

GateLogits SplitLogits(const at::Tensor& logits, Hold hold) {
  if (hold == Hold::kResiduals) return {at::ones_like(logits.select(-1, 0)), logits};
  const at::Tensor step = logits.mean(-1);
  return {step, logits - step.unsqueeze(-1) + 1.0};
}

at::Tensor ComputedCells(const at::Tensor& logits, Hold hold) {
  const GateLogits split = SplitLogits(logits, hold);
  return (split.step > 0.0).unsqueeze(-1) & (split.cell > 0.0);
}

Plan PlanFromLogits(const at::Tensor& logits, Reuse reuse, Hold hold) {
  const at::Tensor values = logits.contiguous();
  const at::Tensor computed = ComputedCells(values.select(-1, 0), hold).contiguous();
  const auto* logit = values.data_ptr<float>();
  const auto* compute = computed.data_ptr<bool>();
  const int64_t outputs = values.size(2);
  Plan plan(static_cast<int>(values.size(0)), static_cast<int>(values.size(1)));
  plan.SetLayout(ReuseLayout(reuse, plan.blocks()));
  plan.SetIdle({.hold = hold});
  for (int step = 0; step < plan.steps(); ++step) {
    for (int block = 0; block < plan.blocks(); ++block, logit += outputs, ++compute) {
      if (step == 0 || *compute) continue;
      int slot = reuse == Reuse::kBlock ? block : block % kBlockKinds;
      if (reuse == Reuse::kAll && logit[1] > 0.0F) slot = kBlockKinds + block;
      plan.at(step, block) = {.compute = false, .slot = static_cast<uint16_t>(slot)};
    }
  }
  return plan;
}

}  // namespace sagbench
