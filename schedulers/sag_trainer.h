#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <ATen/core/Tensor.h>

#include "policies/checkpoint.h"
#include "policies/denoiser.h"
#include "policies/sampler.h"
#include "schedulers/executor.h"
#include "schedulers/sag_pruner.h"

namespace sagbench {

class GatedBlocks;

struct SagSettings {
  double rate = 0.9;             // target share of cells reused
  double table_rate = 0.03;      // learning rate of the table
  double network_rate = 3e-3;    // of the rest
  double sparsity_weight = 1.0;  // of |share reused - rate|
  double clip = 1.0;             // norm of the gradient
  double sampled = 0.25;         // share of reused cells that are run for their gate's gradient
  int64_t iterations = 300;      // both learning rates fall to a tenth over them (cosine)
  uint64_t seed = 1;
};

struct SagStep {
  double fidelity = 0.0;  // mean distance of executed actions to dense, normalised units
  double sparsity = 0.0;  // share of cells reused
};

// One observation with the noise of its chunk and what dense makes of it.
struct SagExample {
  at::Tensor observation;         // normalised [To, obs]
  at::Tensor initial;             // x_T [tokens, act]
  std::vector<at::Tensor> noise;  // by step [tokens, act]; undefined where the sampler takes none
  at::Tensor dense;               // the dense trajectory [tokens, act]
};

// Trains a pruner with the policy frozen: the distance of the final actions to the dense ones from
// the same noise, through the whole chain, and one global sparsity loss. Gates are hard with
// straight-through gradients; reused residuals are constants. A row that reuses a cell takes no
// backward pass through it: for a random `sampled` share of the cells such rows are run without
// gradients, for the gradient of their gates alone, scaled so that its mean is right. Where steps
// hold the clean sample (Hold::kClean), the gate of a step learns from the difference between
// running it and holding: for steps that hold, of a random `sampled` share, run as a whole. Idle
// steps add all of the sampler's noise here, whatever share they add when the pruner is used
// (IdleSteps): with less, distances would be those between two temperatures.
class SagTrainer {
 public:
  // `policy` must outlive the trainer. Only the tokens up to the last executed action are computed.
  SagTrainer(const Policy& policy, const SamplerRegistry::Choice& sampler, const PrunerShape& shape,
             PrunerWeights weights, const SagSettings& settings);

  // Examples for observations [B, To, obs] in the task's units with the noise of their rows.
  std::vector<SagExample> MakeExamples(const at::Tensor& observations,
                                       const NoiseSource& noise) const;

  // One iteration on some of the examples.
  SagStep Step(const std::vector<const SagExample*>& batch);
  // The same figures with the gates as they are, without learning.
  SagStep Evaluate(const std::vector<const SagExample*>& batch) const;
  // Of each example [B]: the mean distance of executed actions to dense, normalised units.
  at::Tensor Distances(const std::vector<const SagExample*>& batch) const;
  // The steps that the table alone computes, ascending; the first is always one.
  std::vector<int> TableSteps() const;
  // Makes the table compute these steps as a whole and no others.
  void SetTableSteps(const std::vector<int>& steps);
  // What must be added to all logits that decide whether cells are computed for these examples to
  // reuse the rate, or nearly: shares of cells come in steps. 0 where they do already, or
  // nothing can be decided.
  double ShiftToRate(const std::vector<const SagExample*>& batch) const;
  // Adds it: to the table, which all observations share.
  void Shift(double logits);

  int64_t iteration() const { return iteration_; }
  PrunerWeights& weights() { return weights_; }
  const PrunerShape& shape() const { return shape_; }

  // Weights, moments and iteration, for a checkpoint; Restore continues bit for bit.
  struct State {
    std::vector<at::Tensor> weights, first, second;
    int64_t iteration = 0;
  };
  State Save() const;
  void Restore(const State& state);

 private:
  struct Batch;
  Batch Join(const std::vector<const SagExample*>& examples) const;
  at::Tensor Logits(const Batch& batch) const;
  at::Tensor Distances(const Batch& batch, const at::Tensor& logits) const;
  at::Tensor Chain(const Batch& batch, const at::Tensor& logits, bool learn) const;
  at::Tensor Predict(int step, const at::Tensor& sample, const at::Tensor& clean,
                     const Encoded& encoded, GatedBlocks& blocks, bool learn) const;
  void Update();

  SagSettings settings_;
  PrunerShape shape_;
  PrunerWeights weights_;
  std::unique_ptr<Sampler> sampler_;
  std::unique_ptr<Denoiser> denoiser_;
  LinearNormalizer observation_normalizer_;
  int64_t tokens_, first_executed_;
  std::vector<at::Tensor> first_, second_;  // Adam's moments
  int64_t iteration_ = 0;
};

}  // namespace sagbench
