#include "policies/dp_transformer.h"

#include <cmath>
#include <utility>

#include "policies/aten.h"

namespace sagbench {
namespace {

constexpr double kNormEpsilon = 1e-5;

at::Tensor Apply(const LinearWeights& linear, const at::Tensor& input) {
  return at::linear(input, linear.weight, linear.bias);
}

at::Tensor Normalize(const NormWeights& norm, const at::Tensor& input) {
  return at::layer_norm(input, {norm.weight.size(0)}, norm.weight, norm.bias, kNormEpsilon);
}

// [B, n, d] -> [B, heads, n, d / heads]
at::Tensor SplitHeads(const at::Tensor& tokens, int heads) {
  return tokens.unflatten(-1, {heads, tokens.size(-1) / heads}).transpose(1, 2);
}

}  // namespace

at::Tensor TimeEmbedding(const at::Tensor& timesteps, int width) {
  const int64_t half = width / 2;
  const float rate = static_cast<float>(-std::log(10000.0) / static_cast<double>(half - 1));
  const auto options = at::TensorOptions().dtype(at::kFloat).device(timesteps.device());
  const at::Tensor frequencies = at::exp(at::arange(half, options) * rate);
  const at::Tensor angles = timesteps.unsqueeze(-1) * frequencies;
  return at::cat({angles.sin(), angles.cos()}, -1);
}

at::Tensor SelfMask(const PolicyConfig& config) {
  return at::full({config.horizon, config.horizon}, -INFINITY).triu(1);
}

at::Tensor MemoryMask(const PolicyConfig& config) {
  const at::Tensor query = at::arange(config.horizon).unsqueeze(1);
  const at::Tensor key = at::arange(config.memory_tokens()).unsqueeze(0);
  return at::zeros({config.horizon, config.memory_tokens()})
      .masked_fill(query < key - 1, -INFINITY);
}

DpTransformer::DpTransformer(PolicyConfig config, TransformerWeights weights)
    : config_(std::move(config)), weights_(std::move(weights)) {
  const at::TensorOptions options = weights_.pos_emb.options().requires_grad(false);
  self_mask_ = SelfMask(config_).to(options);
  memory_mask_ = MemoryMask(config_).to(options);
}

DpTransformer DpTransformer::Prefix(int tokens) const {
  PolicyConfig config = config_;
  config.horizon = tokens;
  TransformerWeights weights = weights_;
  weights.pos_emb = weights_.pos_emb.narrow(1, 0, tokens);
  DpTransformer prefix(std::move(config), std::move(weights));
  prefix.set_dropout(dropout_, generator_);
  return prefix;
}

at::Tensor DpTransformer::Drop(const at::Tensor& value, double rate) const {
  if (rate <= 0.0) return value;
  if (generator_ == nullptr) return at::dropout(value, rate, /*train=*/true);
  const double kept = 1.0 - rate;
  return value * at::empty_like(value).bernoulli_(kept, *generator_).div_(kept);
}

at::Tensor DpTransformer::EncodeTokens(const at::Tensor& tokens) const {
  return Apply(weights_.encoder2, at::mish(Apply(weights_.encoder0, tokens)));
}

at::Tensor DpTransformer::Memory(const at::Tensor& timesteps,
                                 const at::Tensor& observations) const {
  const at::Tensor time =
      TimeEmbedding(timesteps, config_.width).to(weights_.pos_emb.scalar_type()).unsqueeze(1);
  const at::Tensor tokens = at::cat({time, Apply(weights_.cond_obs_emb, observations)}, 1);
  return EncodeTokens(Drop(tokens + weights_.cond_pos_emb, dropout_.embedding));
}

at::Tensor DpTransformer::Embed(const at::Tensor& sample) const {
  const at::Tensor positions = weights_.pos_emb.narrow(1, 0, sample.size(1));
  return Drop(Apply(weights_.input_emb, sample) + positions, dropout_.embedding);
}

// softmax(q k^T / sqrt(d_head) + mask) v with the matrix products spelled out: on the CPU their
// backward pass is several times faster than that of at::scaled_dot_product_attention at this size.
at::Tensor DpTransformer::Attend(const at::Tensor& query, const at::Tensor& key,
                                 const at::Tensor& value, const at::Tensor& mask) const {
  const double scale = 1.0 / std::sqrt(static_cast<double>(config_.head_width()));
  const at::Tensor q = SplitHeads(query, config_.heads) * scale;
  const at::Tensor scores = at::matmul(q, SplitHeads(key, config_.heads).transpose(-1, -2)) + mask;
  const at::Tensor weights = Drop(at::softmax(scores, -1), dropout_.attention);
  return at::matmul(weights, SplitHeads(value, config_.heads)).transpose(1, 2).flatten(2);
}

at::Tensor DpTransformer::SelfAttention(int layer, const at::Tensor& stream) const {
  const LayerWeights& w = weights_.layers[layer];
  const std::vector<at::Tensor> qkv = Apply(w.self_in, Normalize(w.norm1, stream)).chunk(3, -1);
  const int64_t tokens = stream.size(1);
  const at::Tensor mask = self_mask_.narrow(0, 0, tokens).narrow(1, 0, tokens);
  const at::Tensor attended = Attend(qkv[0], qkv[1], qkv[2], mask);
  return Drop(Apply(w.self_out, attended), dropout_.attention);
}

at::Tensor DpTransformer::CrossAttention(int layer, const at::Tensor& stream,
                                         const at::Tensor& memory) const {
  const LayerWeights& w = weights_.layers[layer];
  const int64_t d = config_.width;
  const auto weight = w.cross_in.weight.split({d, 2 * d}), bias = w.cross_in.bias.split({d, 2 * d});
  const at::Tensor query = at::linear(Normalize(w.norm2, stream), weight[0], bias[0]);
  const std::vector<at::Tensor> kv = at::linear(memory, weight[1], bias[1]).chunk(2, -1);
  const at::Tensor mask = memory_mask_.narrow(0, 0, stream.size(1));
  const at::Tensor attended = Attend(query, kv[0], kv[1], mask);
  return Drop(Apply(w.cross_out, attended), dropout_.attention);
}

at::Tensor DpTransformer::FeedForward(int layer, const at::Tensor& stream) const {
  const LayerWeights& w = weights_.layers[layer];
  const at::Tensor hidden = at::gelu(Apply(w.ff_in, Normalize(w.norm3, stream)));
  return Drop(Apply(w.ff_out, Drop(hidden, dropout_.attention)), dropout_.attention);
}

at::Tensor DpTransformer::Head(const at::Tensor& stream) const {
  return Apply(weights_.head, Normalize(weights_.ln_f, stream));
}

at::Tensor DpTransformer::Forward(const at::Tensor& sample, const at::Tensor& timesteps,
                                  const at::Tensor& observations) const {
  const at::Tensor memory = Memory(timesteps, observations);
  at::Tensor stream = Embed(sample);
  for (int layer = 0; layer < config_.layers; ++layer) {
    stream = stream + SelfAttention(layer, stream);
    stream = stream + CrossAttention(layer, stream, memory);
    stream = stream + FeedForward(layer, stream);
  }
  return Head(stream);
}

}  // namespace sagbench
