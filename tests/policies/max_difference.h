#pragma once

#include <ATen/core/Tensor.h>

namespace sagbench {

// Largest absolute difference of two tensors of one shape, in double precision.
inline double MaxDifference(const at::Tensor& a, const at::Tensor& b) {
  return (a.to(at::kDouble) - b.to(at::kDouble)).abs().max().item<double>();
}

}  // namespace sagbench
