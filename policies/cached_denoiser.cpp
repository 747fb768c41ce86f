// The default computation: what does not change between denoising steps is computed once.
//
// The memory (time token and observation tokens) passes through a token-wise encoder and token-wise
// key and value projections, so keys and values of observation tokens depend on the replan alone
// and those of the time token on the timestep alone. Both are exact reuse, not approximations.

#include "policies/aten.h"
#include "policies/denoiser.h"
#include "policies/flops.h"

namespace sagbench {
namespace {

constexpr double kNormEpsilon = 1e-5;

// A linear map of float32 rows with its weight laid out for addmm: [in, out].
struct PackedLinear {
  at::Tensor weight, bias;
  PackedLinear() = default;
  PackedLinear(const at::Tensor& w, const at::Tensor& b, at::ScalarType type = at::kFloat)
      : weight(w.t().contiguous().to(type)), bias(b.contiguous().to(type)) {}
  at::Tensor Apply(const at::Tensor& rows) const {
    return at::addmm(bias, rows.to(weight.scalar_type()), weight).to(at::kFloat);
  }
};

struct PackedLayer {
  PackedLinear self_in, self_out, query, cross_out, ff_in, ff_out;
};

class CachedDenoiser : public Denoiser {
 public:
  CachedDenoiser(const DpTransformer& network, at::ScalarType products)
      : network_(network),
        config_(network.config()),
        products_(products),
        blocks_(ListBlocks(config_, /*memory_in_block=*/false)) {
    const at::TensorOptions options = network.weights().pos_emb.options();
    self_mask_ = SelfMask(config_).to(options).view({1, 1, config_.horizon, config_.horizon});
    memory_mask_ =
        MemoryMask(config_).to(options).view({1, 1, config_.horizon, config_.memory_tokens()});
    for (const LayerWeights& layer : network.weights().layers) PackLayer(layer);
    key_value_ = PackedLinear(at::cat(key_value_weights_), at::cat(key_value_biases_));
    TabulateTimeTokens();
  }

  std::span<const BlockInfo> blocks() const override { return blocks_; }

  FixedFlops fixed_flops() const override {
    const NetworkFlops flops = CountNetworkFlops(config_);
    const double token = flops.encode_token + config_.layers * flops.memory_token;
    return {.per_chunk = flops.embed_observations + config_.observation_steps * token,
            .per_step = flops.embed_sample + flops.head};
  }

  Encoded Encode(const at::Tensor& observations) const override {
    const TransformerWeights& w = network_.weights();
    at::Tensor tokens = at::linear(observations, w.cond_obs_emb.weight, w.cond_obs_emb.bias);
    tokens = tokens + w.cond_pos_emb.narrow(1, 1, config_.observation_steps);
    const int64_t batch = observations.size(0);
    at::Tensor memory = at::empty(
        {config_.layers, batch, config_.memory_tokens(), 2 * config_.width}, tokens.options());
    memory.narrow(2, 1, config_.observation_steps).copy_(KeysAndValues(tokens));
    return {.observations = observations, .memory = memory};
  }

  StepState Begin(const at::Tensor& sample, int timestep, const Encoded& encoded) const override {
    encoded.memory.select(2, 0).copy_(time_table_[timestep].unsqueeze(1));
    return {.stream = network_.Embed(sample), .memory = encoded.memory};
  }

  at::Tensor Residual(int block, const at::Tensor& stream, const StepState& state,
                      const at::Tensor& rows) const override {
    const BlockInfo& info = blocks_[block];
    switch (info.kind) {
      case BlockKind::kSelfAttention:
        return SelfAttention(info.layer, stream);
      case BlockKind::kCrossAttention: {
        const at::Tensor memory = state.memory.select(0, info.layer);
        return CrossAttention(info.layer, stream,
                              rows.defined() ? memory.index_select(0, rows) : memory);
      }
      case BlockKind::kFeedForward:
        return FeedForward(info.layer, stream);
    }
    return {};
  }

  at::Tensor Finish(const at::Tensor& stream) const override { return network_.Head(stream); }

 private:
  void PackLayer(const LayerWeights& layer) {
    const int64_t d = config_.width;
    const auto in = [&](const at::Tensor& t, int64_t from, int64_t n) {
      return t.narrow(0, from, n);
    };
    key_value_weights_.push_back(in(layer.cross_in.weight, d, 2 * d));
    key_value_biases_.push_back(in(layer.cross_in.bias, d, 2 * d));
    layers_.push_back({
        .self_in = {layer.self_in.weight, layer.self_in.bias, products_},
        .self_out = {layer.self_out.weight, layer.self_out.bias, products_},
        .query = {in(layer.cross_in.weight, 0, d), in(layer.cross_in.bias, 0, d), products_},
        .cross_out = {layer.cross_out.weight, layer.cross_out.bias, products_},
        .ff_in = {layer.ff_in.weight, layer.ff_in.bias, products_},
        .ff_out = {layer.ff_out.weight, layer.ff_out.bias, products_},
    });
  }

  // Keys and values of all layers: embedded tokens [B, n, d] -> [layers, B, n, 2 d].
  at::Tensor KeysAndValues(const at::Tensor& tokens) const {
    const at::Tensor memory = network_.EncodeTokens(tokens);
    const at::Tensor flat = key_value_.Apply(memory.flatten(0, 1));
    return flat.view({tokens.size(0), tokens.size(1), config_.layers, 2 * config_.width})
        .permute({2, 0, 1, 3});
  }

  // time_table_[t]: [layers, 2 d]
  void TabulateTimeTokens() {
    const TransformerWeights& w = network_.weights();
    const at::Tensor steps = at::arange(config_.train_steps, w.pos_emb.options().dtype(at::kLong));
    const at::Tensor tokens =
        TimeEmbedding(steps, config_.width).unsqueeze(1) + w.cond_pos_emb.narrow(1, 0, 1);
    const at::Tensor table = KeysAndValues(tokens).squeeze(2);
    for (int t = 0; t < config_.train_steps; ++t) {
      time_table_.push_back(table.select(1, t).contiguous());
    }
  }

  at::Tensor Normalize(const NormWeights& norm, const at::Tensor& stream) const {
    return at::layer_norm(stream, {config_.width}, norm.weight, norm.bias, kNormEpsilon)
        .flatten(0, 1);
  }

  // A slice [B, n, d] of packed projections as [B, heads, n, d / heads].
  at::Tensor Heads(const at::Tensor& packed, int part) const {
    return packed.narrow(2, part * config_.width, config_.width)
        .unflatten(2, {config_.heads, config_.head_width()})
        .transpose(1, 2);
  }

  // Attended values as rows [B * T, d].
  at::Tensor Attend(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value,
                    const at::Tensor& mask) const {
    return at::scaled_dot_product_attention(query, key, value, mask)
        .transpose(1, 2)
        .reshape({-1, config_.width});
  }

  at::Tensor SelfAttention(int layer, const at::Tensor& stream) const {
    const at::Tensor rows = Normalize(network_.weights().layers[layer].norm1, stream);
    const at::Tensor packed =
        layers_[layer].self_in.Apply(rows).view({stream.size(0), stream.size(1), -1});
    const at::Tensor attended =
        Attend(Heads(packed, 0), Heads(packed, 1), Heads(packed, 2), self_mask_);
    return layers_[layer].self_out.Apply(attended).view(stream.sizes());
  }

  at::Tensor CrossAttention(int layer, const at::Tensor& stream, const at::Tensor& memory) const {
    const at::Tensor rows = Normalize(network_.weights().layers[layer].norm2, stream);
    const at::Tensor query = layers_[layer].query.Apply(rows).view(stream.sizes());
    const at::Tensor attended =
        Attend(Heads(query, 0), Heads(memory, 0), Heads(memory, 1), memory_mask_);
    return layers_[layer].cross_out.Apply(attended).view(stream.sizes());
  }

  at::Tensor FeedForward(int layer, const at::Tensor& stream) const {
    const at::Tensor rows = Normalize(network_.weights().layers[layer].norm3, stream);
    at::Tensor hidden = layers_[layer].ff_in.Apply(rows);
    at::gelu_(hidden);
    return layers_[layer].ff_out.Apply(hidden).view(stream.sizes());
  }

  DpTransformer network_;
  PolicyConfig config_;
  at::ScalarType products_;
  std::vector<BlockInfo> blocks_;
  at::Tensor self_mask_, memory_mask_;
  std::vector<at::Tensor> key_value_weights_, key_value_biases_;
  PackedLinear key_value_;
  std::vector<PackedLayer> layers_;
  std::vector<at::Tensor> time_table_;
};

}  // namespace

std::unique_ptr<Denoiser> MakeCachedDenoiser(const DpTransformer& network,
                                             at::ScalarType products) {
  return std::make_unique<CachedDenoiser>(network, products);
}

}  // namespace sagbench
