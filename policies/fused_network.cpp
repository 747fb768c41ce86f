#include "policies/fused_network.h"

#include <algorithm>
#include <cstring>

#include "core/error.h"
#include "policies/aten.h"
#include "policies/flops.h"

namespace sagbench {
namespace {

size_t Product(int64_t a, int64_t b, int64_t c = 1) {
  return static_cast<size_t>(a * b * c);
}

// Rows of packed projections (q, k, v below each other), head by head: of each head the parts
// named, filled up with zeros to a whole panel.
LinearWeights ByHead(const LinearWeights& linear, const PolicyConfig& config,
                     const std::vector<int>& parts) {
  const int64_t size = config.head_width();
  const auto used = static_cast<int64_t>(parts.size()) * size;
  const int64_t padding = PanelsOf(used) * kPanelWidth - used;
  std::vector<at::Tensor> weights, biases;
  for (int head = 0; head < config.heads; ++head) {
    for (const int part : parts) {
      const int64_t from = int64_t{part} * config.width + head * size;
      weights.push_back(linear.weight.narrow(0, from, size));
      biases.push_back(linear.bias.narrow(0, from, size));
    }
    weights.push_back(at::zeros({padding, config.width}));
    biases.push_back(at::zeros({padding}));
  }
  return {.weight = at::cat(weights), .bias = at::cat(biases)};
}

FloatBuffer CopyOf(const at::Tensor& values) {
  const at::Tensor dense = values.contiguous();
  FloatBuffer copy(static_cast<size_t>(dense.numel()));
  std::memcpy(copy.data(), dense.data_ptr<float>(),
              static_cast<size_t>(dense.numel()) * sizeof(float));
  return copy;
}

}  // namespace

FusedScratch::FusedScratch(const PolicyConfig& c, int batch, int members)
    : normalized(Product(members, int64_t{batch} * c.horizon, c.width)),
      projected(
          Product(int64_t{batch} * c.horizon, c.heads, PanelsOf(3 * c.head_width()) * kPanelWidth)),
      attended(Product(batch, c.horizon, c.width)),
      hidden(Product(batch, std::max(c.horizon, c.observation_steps), 4 * c.width)),
      residual(Product(batch, c.horizon, c.width)),
      encoded(Product(batch, c.observation_steps, c.width)),
      memory(Product(batch, c.observation_steps, 2 * c.layers * c.width)),
      predicted(Product(batch, c.horizon, PanelsOf(c.action_size) * kPanelWidth)),
      rows_size(Product(batch, c.horizon, c.width)),
      tokens(std::max(c.horizon, c.memory_tokens())),
      scores_stride((tokens + 15) / 16 * 16) {
  scores = FloatBuffer(Product(members, scores_stride));
  keys.resize(Product(members, tokens));
}

FusedNetwork::FusedNetwork(const DpTransformer& network, Factors factors, const Kernels& kernels)
    : config_(network.config()),
      factors_(factors),
      kernels_(kernels),
      blocks_(ListBlocks(config_, /*memory_in_block=*/false)) {
  Check();
  const TransformerWeights& w = network.weights();
  for (const LayerWeights& layer : w.layers) PackLayer(layer);
  sample_ = PackEmbedding(w.input_emb, w.pos_emb);
  observation_ =
      PackEmbedding(w.cond_obs_emb, w.cond_pos_emb.narrow(1, 1, config_.observation_steps));
  last_norm_ = CopyNorm(w.ln_f);
  head_ = PackLinear(w.head, EndFactors());
  PackMemory(w);
  TabulateTime(w);
}

bool FusedNetwork::Fits(const PolicyConfig& config) {
  return config.width % kPanelWidth == 0 && config.head_width() % 8 == 0;
}

void FusedNetwork::Check() const {
  if (!Fits(config_)) {
    throw UsageError(
        "the fused executor cannot run a network of width {} with {} heads: valid are multiples of "
        "16 whose heads are multiples of 8; use --executor eager",
        config_.width, config_.heads);
  }
}

FusedNetwork::Norm FusedNetwork::CopyNorm(const NormWeights& norm) const {
  return {.gain = CopyOf(norm.weight), .bias = CopyOf(norm.bias)};
}

PanelWeights FusedNetwork::PackLinear(const LinearWeights& linear, Factors factors) {
  return Pack(linear.weight, linear.bias, factors, memory_);
}

Factors FusedNetwork::EndFactors() const {
  return factors_ == Factors::kBfloat16 ? Factors::kBfloat16Weights : factors_;
}

FusedNetwork::Embedding FusedNetwork::PackEmbedding(const LinearWeights& linear,
                                                    const at::Tensor& positions) {
  return {.weights = PackLinear(linear, EndFactors()), .start = CopyOf(positions + linear.bias)};
}

void FusedNetwork::PackLayer(const LayerWeights& layer) {
  layers_.push_back({.norm1 = CopyNorm(layer.norm1),
                     .norm2 = CopyNorm(layer.norm2),
                     .norm3 = CopyNorm(layer.norm3),
                     .self_in = PackLinear(ByHead(layer.self_in, config_, {0, 1, 2}), factors_),
                     .self_out = PackLinear(layer.self_out, factors_),
                     .query = PackLinear(ByHead(layer.cross_in, config_, {0}), factors_),
                     .cross_out = PackLinear(layer.cross_out, factors_),
                     .ff_in = PackLinear(layer.ff_in, factors_),
                     .ff_out = PackLinear(layer.ff_out, factors_)});
}

void FusedNetwork::PackMemory(const TransformerWeights& w) {
  encoder0_ = PackLinear(w.encoder0, EndFactors());
  encoder2_ = PackLinear(w.encoder2, EndFactors());
  std::vector<at::Tensor> weights, biases;
  for (const LayerWeights& layer : w.layers) {
    const LinearWeights part = ByHead(layer.cross_in, config_, {1, 2});
    weights.push_back(part.weight);
    biases.push_back(part.bias);
  }
  key_value_ = PackLinear({.weight = at::cat(weights), .bias = at::cat(biases)}, EndFactors());
}

void FusedNetwork::TabulateTime(const TransformerWeights& w) {
  const int steps = config_.train_steps;
  const at::Tensor times = TimeEmbedding(at::arange(steps, at::kLong), config_.width);
  const FloatBuffer tokens = CopyOf(times + w.cond_pos_emb.select(1, 0));
  const FloatBuffer hidden(Product(steps, 4, config_.width));
  time_table_ = FloatBuffer(Product(steps, config_.layers, 2 * config_.width));
  SpinTeam alone(1);
  KeysAndValues(tokens.data(), steps, hidden.data(), time_table_.data(), {.team = &alone});
}

FixedFlops FusedNetwork::fixed_flops() const {
  const NetworkFlops flops = CountNetworkFlops(config_);
  const double token = flops.encode_token + config_.layers * flops.memory_token;
  return {.per_chunk = flops.embed_observations + config_.observation_steps * token,
          .per_step = flops.embed_sample + flops.head};
}

Share FusedNetwork::ResidualColumns(const TeamMember& member) const {
  const Share panels = member.ShareOf(PanelsOf(config_.width));
  return {panels.begin * kPanelWidth, panels.end * kPanelWidth};
}

void FusedNetwork::Multiply(const PanelWeights& weights, Share panels,
                            const ProductRows& rows) const {
  kernels_.multiply(weights, panels.begin, panels.end, rows);
}

// Embedded tokens [rows, d], which are overwritten, to [rows, layers * 2 d].
void FusedNetwork::KeysAndValues(float* tokens, int rows, float* hidden, float* memory,
                                 const TeamMember& member) const {
  const int d = config_.width;
  const int columns = 2 * config_.layers * d;
  ProductRows product{.input = tokens,
                      .input_stride = d,
                      .rows = rows,
                      .output = hidden,
                      .output_stride = 4 * d,
                      .activation = Activation::kMish};
  Multiply(encoder0_, member.ShareOf(PanelsOf(4 * d)), product);
  member.Wait();
  product = {
      .input = hidden, .input_stride = 4 * d, .rows = rows, .output = tokens, .output_stride = d};
  Multiply(encoder2_, member.ShareOf(PanelsOf(d)), product);
  member.Wait();
  product = {
      .input = tokens, .input_stride = d, .rows = rows, .output = memory, .output_stride = columns};
  Multiply(key_value_, member.ShareOf(PanelsOf(columns)), product);
  member.Wait();
}

void FusedNetwork::Encode(const float* observations, int batch, FusedScratch& scratch,
                          const TeamMember& member) const {
  const int d = config_.width, steps = config_.observation_steps;
  float* tokens = scratch.encoded.data();
  const Share own = member.ShareOf(batch * steps);
  for (int row = own.begin; row < own.end; ++row) {
    std::memcpy(tokens + Product(row, d), observation_.start.data() + Product(row % steps, d),
                Product(d, sizeof(float)));
  }
  const int size = config_.observation_size;
  Multiply(observation_.weights, {0, PanelsOf(d)},
           {.input = observations + Product(own.begin, size),
            .input_stride = size,
            .rows = own.end - own.begin,
            .output = tokens + Product(own.begin, d),
            .output_stride = d,
            .add = true});
  member.Wait();
  KeysAndValues(tokens, batch * steps, scratch.hidden.data(), scratch.memory.data(), member);
}

void FusedNetwork::Embed(const float* sample, Share rows, float* stream) const {
  const int d = config_.width, size = config_.action_size;
  for (int row = rows.begin; row < rows.end; ++row) {
    std::memcpy(stream + Product(row, d), sample_.start.data() + Product(row % config_.horizon, d),
                Product(d, sizeof(float)));
  }
  Multiply(sample_.weights, {0, PanelsOf(d)},
           {.input = sample + Product(rows.begin, size),
            .input_stride = size,
            .rows = rows.end - rows.begin,
            .output = stream + Product(rows.begin, d),
            .output_stride = d,
            .add = true});
}

void FusedNetwork::Predict(const float* stream, Share rows, FusedScratch& scratch,
                           const TeamMember& member) const {
  const int d = config_.width;
  float* own = scratch.normalized.data() + static_cast<size_t>(member.rank) * scratch.rows_size;
  for (int row = rows.begin; row < rows.end; ++row) {
    kernels_.normalize(stream + Product(row, d), last_norm_.gain.data(), last_norm_.bias.data(),
                       own + Product(row, d), d);
  }
  Multiply(head_, {0, PanelsOf(config_.action_size)},
           {.input = own + Product(rows.begin, d),
            .input_stride = d,
            .rows = rows.end - rows.begin,
            .output = scratch.predicted.data() + Product(rows.begin, predicted_stride()),
            .output_stride = predicted_stride()});
}

}  // namespace sagbench
