#include "policies/optimizer.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "policies/aten.h"

namespace sagbench {

double LearningRateFactor(int64_t step, int64_t warmup, int64_t total_steps) {
  if (step < warmup)
    return static_cast<double>(step) / static_cast<double>(std::max<int64_t>(1, warmup));
  const double progress = static_cast<double>(step - warmup) /
                          static_cast<double>(std::max<int64_t>(1, total_steps - warmup));
  return std::max(0.0, 0.5 * (1.0 + std::cos(std::numbers::pi * progress)));
}

double EmaDecay(int64_t updates) {
  const int64_t step = updates - 1;
  if (step <= 0) return 0.0;
  return std::clamp(1.0 - std::pow(1.0 + static_cast<double>(step), -0.75), 0.0, 0.9999);
}

void AdamStep(at::Tensor& value, const at::Tensor& gradient, double learning_rate, int64_t count,
              at::Tensor& first, at::Tensor& second) {
  constexpr double kBeta1 = 0.9, kBeta2 = 0.999, kEpsilon = 1e-8;
  const auto n = static_cast<double>(count);
  first.mul_(kBeta1).add_(gradient, 1.0 - kBeta1);
  second.mul_(kBeta2).addcmul_(gradient, gradient, 1.0 - kBeta2);
  const at::Tensor mean = first / (1.0 - std::pow(kBeta1, n));
  const at::Tensor spread = (second / (1.0 - std::pow(kBeta2, n))).sqrt_().add_(kEpsilon);
  value.addcdiv_(mean, spread, -learning_rate);
}

Optimizer::Optimizer(const OptimizerSettings& settings, std::vector<NamedParameter> parameters,
                     std::vector<NamedParameter> average)
    : settings_(settings), parameters_(std::move(parameters)), average_(std::move(average)) {
  for (const NamedParameter& parameter : parameters_) {
    first_.push_back(at::zeros_like(*parameter.tensor));
    second_.push_back(at::zeros_like(*parameter.tensor));
    counts_.push_back(at::zeros({}, parameter.tensor->options().dtype(at::kFloat)));
  }
}

double Optimizer::learning_rate() const {
  return settings_.learning_rate *
         LearningRateFactor(steps_, settings_.warmup, settings_.total_steps);
}

void Optimizer::StepGroup(bool decay) {
  std::vector<at::Tensor> values, gradients, first, second, counts;
  for (size_t i = 0; i < parameters_.size(); ++i) {
    if ((parameters_[i].kind == ParameterKind::kLinearWeight) != decay) continue;
    values.push_back(*parameters_[i].tensor);
    gradients.push_back(parameters_[i].tensor->grad());
    first.push_back(first_[i]);
    second.push_back(second_[i]);
    counts.push_back(counts_[i]);
  }
  at::_foreach_add_(counts, 1);
  at::_fused_adamw_(values, gradients, first, second, {}, counts, learning_rate(), settings_.beta1,
                    settings_.beta2, decay ? settings_.weight_decay : 0.0, settings_.epsilon,
                    /*amsgrad=*/false, /*maximize=*/false);
}

void Optimizer::Average() {
  std::vector<at::Tensor> values, averages;
  for (size_t i = 0; i < parameters_.size(); ++i) {
    values.push_back(*parameters_[i].tensor);
    averages.push_back(*average_[i].tensor);
  }
  at::_foreach_lerp_(averages, values, 1.0 - EmaDecay(steps_));
}

void Optimizer::Step() {
  const at::NoGradGuard no_grad;
  StepGroup(/*decay=*/true);
  StepGroup(/*decay=*/false);
  Average();
  // Without one, the next backward pass leaves its own there, where it would add to zeros.
  for (const NamedParameter& parameter : parameters_) parameter.tensor->mutable_grad().reset();
  ++steps_;
}

void Optimizer::Restore(int64_t steps, const std::vector<at::Tensor>& first,
                        const std::vector<at::Tensor>& second) {
  steps_ = steps;
  for (size_t i = 0; i < first_.size(); ++i) {
    first_[i].copy_(first[i]);
    second_[i].copy_(second[i]);
    counts_[i].fill_(static_cast<double>(steps));
  }
}

}  // namespace sagbench
