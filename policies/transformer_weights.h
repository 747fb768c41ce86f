#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "policies/policy_config.h"

namespace sagbench {

struct LinearWeights {
  at::Tensor weight;  // [out, in]
  at::Tensor bias;    // [out]
};

struct NormWeights {
  at::Tensor weight, bias;  // [width]
};

// One nn.TransformerDecoderLayer (norm_first): self-attention, cross-attention, feed-forward.
struct LayerWeights {
  LinearWeights self_in, self_out;    // [3 width, width] rows q, k, v; [width, width]
  LinearWeights cross_in, cross_out;  // the same; rows q act on tokens, k and v on the memory
  LinearWeights ff_in, ff_out;        // [4 width, width], [width, 4 width]
  NormWeights norm1, norm2, norm3;
};

// All parameters of diffusion_policy's TransformerForDiffusion (time and observations as memory).
struct TransformerWeights {
  at::Tensor pos_emb;       // [1, horizon, width]
  at::Tensor cond_pos_emb;  // [1, 1 + observation_steps, width]
  LinearWeights input_emb, cond_obs_emb, encoder0, encoder2;
  std::vector<LayerWeights> layers;
  NormWeights ln_f;
  LinearWeights head;
};

// What training does with a parameter.
enum class ParameterKind { kLinearWeight, kBias, kNormWeight, kPosition };

// One parameter under the original's name, in the original's order of named_parameters().
struct NamedParameter {
  std::string name;
  std::vector<int64_t> shape;
  ParameterKind kind;
  at::Tensor* tensor;  // points into the weights
};

// Parameters of `weights`, whose layers are resized to the configuration's.
std::vector<NamedParameter> NamedParameters(const PolicyConfig& config,
                                            TransformerWeights& weights);

// Number of scalars, e.g. 8,965,122 for push-T.
int64_t ParameterCount(const PolicyConfig& config);

// Standard normals, float32, by `seed` and the tensor's index among those that the seed draws.
at::Tensor NormalTensor(const std::vector<int64_t>& shape, uint64_t seed, uint64_t index);

// Fresh float32 weights as the original initialises them: linear and position N(0, 0.02), biases 0,
// norms 1; a pure function of `seed`.
TransformerWeights InitialWeights(const PolicyConfig& config, uint64_t seed);

// Deep copy, e.g. for an average of the weights.
TransformerWeights CloneWeights(const PolicyConfig& config, TransformerWeights& weights);

}  // namespace sagbench
