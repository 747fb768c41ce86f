#pragma once

#include <vector>

#include <ATen/core/Tensor.h>

namespace sagbench {

// Block-wise Adaptive Caching's choice of update steps (Ji et al., "Block-wise Adaptive Caching for
// Accelerating Diffusion Policy", 2025), for one block over K denoising steps.

// similarity [K, K] (float64, on the CPU): row a, column t says how well the residual of step a
// stands in for that of step t. The `updates` steps c_1 = 0 < c_2 < ... that maximise
//   sum over intervals [c_i, c_{i+1}) of sum over t in them of similarity[c_i, t],
// by dynamic programming over (number of updates, end). Ties go to earlier updates. Throws
// std::invalid_argument unless 1 <= updates <= K.
std::vector<int> OptimalUpdates(const at::Tensor& similarity, int updates);

// The objective of given update steps (ascending, the first 0).
double UpdateObjective(const at::Tensor& similarity, const std::vector<int>& updates);

// Cosine similarity of residuals [K, n] between all pairs of steps: [K, K] float64.
at::Tensor StepSimilarity(const at::Tensor& residuals);

// Mean absolute difference of residuals [K, n] over entries and pairs of different steps.
double MeanStepDistance(const at::Tensor& residuals);

}  // namespace sagbench
