#include "policies/normalizer.h"

#include "policies/aten.h"

namespace sagbench {
namespace {

// Scale and offset that take [low, high] to [-1, 1], or leave a constant dimension alone.
LinearNormalizer FromLimits(const at::Tensor& low, const at::Tensor& high, double range_epsilon) {
  const at::Tensor range = high - low;
  const at::Tensor constant = range < range_epsilon;
  const at::Tensor scale = at::where(constant, at::ones_like(range), 2.0 / range);
  const at::Tensor offset = at::where(constant, -low, -1.0 - scale * low);
  return {scale, offset};
}

}  // namespace

at::Tensor LinearNormalizer::Normalize(const at::Tensor& value) const {
  return value * scale + offset;
}

at::Tensor LinearNormalizer::Unnormalize(const at::Tensor& value) const {
  return (value - offset) / scale;
}

LinearNormalizer FitLimits(const at::Tensor& data, double range_epsilon) {
  const at::Tensor rows = data.to(at::kFloat);
  return FromLimits(rows.amin(0), rows.amax(0), range_epsilon);
}

LinearNormalizer Identity(int size) {
  return {at::ones({size}), at::zeros({size})};
}

LinearNormalizer FitGlobalScale(const at::Tensor& data) {
  const at::Tensor rows = data.to(at::kFloat);
  const at::Tensor most = rows.abs().max();
  const at::Tensor one = at::where(most == 0.0, at::ones_like(most), 1.0 / most);
  const at::Tensor scale = one.expand({rows.size(1)}).contiguous();
  return {scale, at::zeros_like(scale)};
}

LinearNormalizer FitPositionLimits(const at::Tensor& data) {
  const at::Tensor rows = data.to(at::kFloat);
  const LinearNormalizer position =
      FromLimits(rows.narrow(1, 0, 3).amin(0), rows.narrow(1, 0, 3).amax(0), 1e-7);
  const at::Tensor rest = at::ones({rows.size(1) - 3});
  return {at::cat({position.scale, rest}), at::cat({position.offset, at::zeros_like(rest)})};
}

}  // namespace sagbench
