#include "policies/memory_gain.h"

#include <cmath>

#include "core/error.h"
#include "policies/aten.h"

namespace sagbench {

void ScaleMemory(TransformerWeights& weights, double gain) {
  if (!std::isfinite(gain) || gain <= 0.0) {
    throw UsageError("memory gain {} is not a positive number", gain);
  }
  weights.encoder2.weight = weights.encoder2.weight * gain;
  weights.encoder2.bias = weights.encoder2.bias * gain;
  for (LayerWeights& layer : weights.layers) {
    const int64_t width = layer.cross_in.weight.size(1);
    layer.cross_in.weight = layer.cross_in.weight.clone();
    layer.cross_in.weight.narrow(0, width, 2 * width).div_(gain);
  }
}

}  // namespace sagbench
