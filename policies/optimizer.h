#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

#include "policies/transformer_weights.h"

namespace sagbench {

struct OptimizerSettings {
  double learning_rate = 1e-4;
  double weight_decay = 0.1;  // on linear weights alone
  double beta1 = 0.9, beta2 = 0.95, epsilon = 1e-8;
  int64_t warmup = 1000;       // linear warm-up steps
  int64_t total_steps = 1000;  // cosine over them
};

// Share of the learning rate at step s (0-based): linear warm-up, then a half cosine to 0
// (diffusers get_cosine_schedule_with_warmup).
double LearningRateFactor(int64_t step, int64_t warmup, int64_t total_steps);

// Decay of the averaged weights after `updates` earlier ones (diffusion_policy EMAModel, power
// 0.75, at most 0.9999); the first two updates copy.
double EmaDecay(int64_t updates);

// One step of Adam without decay (betas 0.9 and 0.999, epsilon 1e-8), the `count`-th from 1:
// changes the value and both moments in place. Call it without gradients.
void AdamStep(at::Tensor& value, const at::Tensor& gradient, double learning_rate, int64_t count,
              at::Tensor& first, at::Tensor& second);

// AdamW with the original's two groups over parameters that require gradients, their schedule, and
// the exponential moving average of the weights.
class Optimizer {
 public:
  // `average` holds a tensor for each parameter; both are updated in place by Step.
  Optimizer(const OptimizerSettings& settings, std::vector<NamedParameter> parameters,
            std::vector<NamedParameter> average);

  // One update from the parameters' gradients, which are then cleared.
  void Step();

  int64_t steps() const { return steps_; }
  double learning_rate() const;  // that the next Step will use
  // State for checkpoints: first and second moments in the order of the parameters.
  const std::vector<at::Tensor>& first_moments() const { return first_; }
  const std::vector<at::Tensor>& second_moments() const { return second_; }
  void Restore(int64_t steps, const std::vector<at::Tensor>& first,
               const std::vector<at::Tensor>& second);

 private:
  void StepGroup(bool decay);
  void Average();

  OptimizerSettings settings_;
  std::vector<NamedParameter> parameters_, average_;
  std::vector<at::Tensor> first_, second_, counts_;
  int64_t steps_ = 0;
};

}  // namespace sagbench
