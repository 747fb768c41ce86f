#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

#include "core/noise.h"
#include "policies/dp_transformer.h"

namespace sagbench {

struct L2cSettings {
  double penalty = 5e-6;       // lambda, on the summed probabilities of a step
  double learning_rate = 0.1;  // Adam's, on the routers
  int64_t iterations = 300;
  uint64_t seed = 1;
};

// The dense chains that a router learns from.
struct L2cChains {
  at::Tensor observations;     // normalised [N, To, obs]
  at::Tensor samples;          // [N, steps, tokens, act]: what each step starts from (DenseSamples)
  std::vector<int> timesteps;  // of the sampler, by step
};

struct L2cIteration {
  double error = 0.0;  // mean squared distance of the predicted noise to the dense one
  double kept = 0.0;   // mean probability to compute
};

// Learning-to-Cache's router (Ma et al., 2024): for every block of every second step a probability
// p = sigmoid(beta) to compute it. Each iteration takes all pairs of adjacent steps, each at a
// random chain: the first runs in full; the second runs in full and once more with
// `p * fresh + (1 - p) * cached` for every residual; loss = squared distance of the two predictions
// + penalty * sum(p). The policy is frozen.
class L2cRouter {
 public:
  // `network` on the tokens of the samples. Throws Error (usage) for fewer than two steps.
  L2cRouter(const DpTransformer& network, L2cChains chains, const L2cSettings& settings);

  L2cIteration Step();
  // Probabilities to compute a block in steps 1, 3, 5, ...: [steps / 2, blocks].
  at::Tensor Probabilities() const;

 private:
  at::Tensor Residual(int block, const at::Tensor& stream, const at::Tensor& memory) const;
  void Update();

  const DpTransformer& network_;
  L2cChains chains_;
  L2cSettings settings_;
  CounterRandom random_;
  at::Tensor beta_, first_, second_;  // and Adam's moments
  int64_t iteration_ = 0;
};

}  // namespace sagbench
