#pragma once

#include <vector>

#include <ATen/core/Tensor.h>

namespace sagbench {

// diffusion_policy's affine normalizer, one scale and offset a dimension: y = x * scale + offset.
struct LinearNormalizer {
  at::Tensor scale;   // float32 [size]
  at::Tensor offset;  // float32 [size]

  at::Tensor Normalize(const at::Tensor& value) const;    // [..., size]
  at::Tensor Unnormalize(const at::Tensor& value) const;  // [..., size]
};

// Mode "limits": each dimension of data [rows, size] to [-1, 1]; a dimension whose range is under
// `range_epsilon` keeps scale 1 and is centred at its minimum (common/normalizer... `_fit`).
LinearNormalizer FitLimits(const at::Tensor& data, double range_epsilon = 1e-4);

// Leaves [..., size] as it is.
LinearNormalizer Identity(int size);

// robomimic observations: one scale 1 / max|x| over all dimensions (1 where all are 0), no
// offset.
LinearNormalizer FitGlobalScale(const at::Tensor& data);

// robomimic absolute actions: the first three dimensions (position) to [-1, 1], the rest unchanged.
LinearNormalizer FitPositionLimits(const at::Tensor& data);

}  // namespace sagbench
