#include "policies/transformer_weights.h"

#include "core/noise.h"
#include "policies/aten.h"

namespace sagbench {
namespace {

// Collects parameters in the order in which the original registers its modules.
class Lister {
 public:
  void Position(const std::string& name, at::Tensor& tensor, std::vector<int64_t> shape) {
    list_.push_back({name, std::move(shape), ParameterKind::kPosition, &tensor});
  }
  void Linear(const std::string& name, LinearWeights& linear, int64_t out, int64_t in) {
    list_.push_back({name + ".weight", {out, in}, ParameterKind::kLinearWeight, &linear.weight});
    list_.push_back({name + ".bias", {out}, ParameterKind::kBias, &linear.bias});
  }
  // nn.MultiheadAttention spells its packed input projection with '_'.
  void Attention(const std::string& name, LinearWeights& in, LinearWeights& out, int64_t width) {
    list_.push_back(
        {name + ".in_proj_weight", {3 * width, width}, ParameterKind::kLinearWeight, &in.weight});
    list_.push_back({name + ".in_proj_bias", {3 * width}, ParameterKind::kBias, &in.bias});
    Linear(name + ".out_proj", out, width, width);
  }
  void Norm(const std::string& name, NormWeights& norm, int64_t width) {
    list_.push_back({name + ".weight", {width}, ParameterKind::kNormWeight, &norm.weight});
    list_.push_back({name + ".bias", {width}, ParameterKind::kBias, &norm.bias});
  }
  std::vector<NamedParameter> Take() { return std::move(list_); }

 private:
  std::vector<NamedParameter> list_;
};

void ListLayer(Lister& lister, const std::string& prefix, LayerWeights& layer, int64_t width) {
  lister.Attention(prefix + "self_attn", layer.self_in, layer.self_out, width);
  lister.Attention(prefix + "multihead_attn", layer.cross_in, layer.cross_out, width);
  lister.Linear(prefix + "linear1", layer.ff_in, 4 * width, width);
  lister.Linear(prefix + "linear2", layer.ff_out, width, 4 * width);
  lister.Norm(prefix + "norm1", layer.norm1, width);
  lister.Norm(prefix + "norm2", layer.norm2, width);
  lister.Norm(prefix + "norm3", layer.norm3, width);
}

}  // namespace

at::Tensor NormalTensor(const std::vector<int64_t>& shape, uint64_t seed, uint64_t index) {
  at::Tensor tensor = at::empty(shape, at::kFloat);
  FillNormal({.run_seed = seed, .episode = index, .purpose = NoisePurpose::kTraining},
             {tensor.data_ptr<float>(), static_cast<size_t>(tensor.numel())});
  return tensor;
}

std::vector<NamedParameter> NamedParameters(const PolicyConfig& config,
                                            TransformerWeights& weights) {
  const int64_t width = config.width;
  weights.layers.resize(config.layers);
  Lister lister;
  lister.Position("pos_emb", weights.pos_emb, {1, config.horizon, width});
  lister.Position("cond_pos_emb", weights.cond_pos_emb, {1, config.memory_tokens(), width});
  lister.Linear("input_emb", weights.input_emb, width, config.action_size);
  lister.Linear("cond_obs_emb", weights.cond_obs_emb, width, config.observation_size);
  lister.Linear("encoder.0", weights.encoder0, 4 * width, width);
  lister.Linear("encoder.2", weights.encoder2, width, 4 * width);
  for (int l = 0; l < config.layers; ++l) {
    ListLayer(lister, "decoder.layers." + std::to_string(l) + ".", weights.layers[l], width);
  }
  lister.Norm("ln_f", weights.ln_f, width);
  lister.Linear("head", weights.head, config.action_size, width);
  return lister.Take();
}

int64_t ParameterCount(const PolicyConfig& config) {
  TransformerWeights weights;
  int64_t count = 0;
  for (const NamedParameter& parameter : NamedParameters(config, weights)) {
    int64_t scalars = 1;
    for (const int64_t size : parameter.shape) scalars *= size;
    count += scalars;
  }
  return count;
}

TransformerWeights InitialWeights(const PolicyConfig& config, uint64_t seed) {
  CheckPolicyConfig(config);
  TransformerWeights weights;
  uint64_t index = 0;
  for (NamedParameter& parameter : NamedParameters(config, weights)) {
    switch (parameter.kind) {
      case ParameterKind::kBias:
        *parameter.tensor = at::zeros(parameter.shape, at::kFloat);
        break;
      case ParameterKind::kNormWeight:
        *parameter.tensor = at::ones(parameter.shape, at::kFloat);
        break;
      case ParameterKind::kLinearWeight:
      case ParameterKind::kPosition:
        *parameter.tensor = NormalTensor(parameter.shape, seed, index).mul_(0.02);
        break;
    }
    ++index;
  }
  return weights;
}

TransformerWeights CloneWeights(const PolicyConfig& config, TransformerWeights& weights) {
  TransformerWeights clone;
  const std::vector<NamedParameter> from = NamedParameters(config, weights);
  const std::vector<NamedParameter> to = NamedParameters(config, clone);
  for (size_t i = 0; i < from.size(); ++i) *to[i].tensor = from[i].tensor->detach().clone();
  return clone;
}

}  // namespace sagbench
