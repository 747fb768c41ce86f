#pragma once

#include <memory>
#include <utility>

#include <ATen/core/Tensor.h>

#include "policies/policy_config.h"
#include "policies/transformer_weights.h"

namespace sagbench {

// The network of diffusion_policy (model/diffusion/transformer_for_diffusion.py), computed as the
// original does, differentiable, in evaluation mode unless dropout rates are given. B is the batch,
// T the horizon, S = 1 + observation_steps memory tokens, d the width.

struct DropoutRates {
  double embedding = 0.0;  // p_drop_emb
  double attention = 0.0;  // p_drop_attn: attention weights, branches, and inside the feed-forward
};

// Sinusoidal embedding of integer timesteps [B] -> [B, d]: sines first, then cosines.
at::Tensor TimeEmbedding(const at::Tensor& timesteps, int width);

// Additive masks, 0 where a query may look and -inf elsewhere.
at::Tensor SelfMask(const PolicyConfig& config);    // [T, T], causal
at::Tensor MemoryMask(const PolicyConfig& config);  // [T, S]: token t sees s <= t + 1

class DpTransformer {
 public:
  // Keeps references to `weights`' tensors, which must have the configuration's shapes.
  DpTransformer(PolicyConfig config, TransformerWeights weights);

  // The same network on the first `tokens` of the horizon, sharing weights. Attention is causal, so
  // this is exact: no token influences an earlier one.
  DpTransformer Prefix(int tokens) const;

  const PolicyConfig& config() const { return config_; }
  const TransformerWeights& weights() const { return weights_; }
  // Random numbers come from `generator` (of the CPU), or from the device's own.
  void set_dropout(const DropoutRates& rates, std::shared_ptr<at::Generator> generator = nullptr) {
    dropout_ = rates;
    generator_ = std::move(generator);
  }

  // Memory M [B, S, d] from timesteps [B] (integers) and normalised observations [B, To, obs].
  at::Tensor Memory(const at::Tensor& timesteps, const at::Tensor& observations) const;
  // The encoder's token-wise part of Memory: embedded tokens [B, n, d] -> [B, n, d].
  at::Tensor EncodeTokens(const at::Tensor& tokens) const;
  // Tokens [B, T, d] of a noisy sample [B, T, act]. Here and below a shorter sample, the first
  // entries of the horizon, gives those entries' results (attention is causal).
  at::Tensor Embed(const at::Tensor& sample) const;
  // What each block of layer l adds to the stream [B, T, d].
  at::Tensor SelfAttention(int layer, const at::Tensor& stream) const;
  at::Tensor CrossAttention(int layer, const at::Tensor& stream, const at::Tensor& memory) const;
  at::Tensor FeedForward(int layer, const at::Tensor& stream) const;
  // Predicted noise [B, T, act].
  at::Tensor Head(const at::Tensor& stream) const;
  // All of it.
  at::Tensor Forward(const at::Tensor& sample, const at::Tensor& timesteps,
                     const at::Tensor& observations) const;

 private:
  at::Tensor Attend(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value,
                    const at::Tensor& mask) const;
  at::Tensor Drop(const at::Tensor& value, double rate) const;

  PolicyConfig config_;
  TransformerWeights weights_;
  DropoutRates dropout_;
  std::shared_ptr<at::Generator> generator_;
  at::Tensor self_mask_, memory_mask_;
};

}  // namespace sagbench
