#include "schedulers/device_policy.h"

#include <utility>

#include "policies/aten.h"

namespace sagbench {
namespace {

TransformerWeights WeightsOn(const Policy& policy, const at::Device& device) {
  TransformerWeights moved = policy.weights;
  for (NamedParameter& parameter : NamedParameters(policy.config, moved)) {
    *parameter.tensor = parameter.tensor->to(device);
  }
  return moved;
}

LinearNormalizer NormalizerOn(const LinearNormalizer& normalizer, const at::Device& device) {
  return {normalizer.scale.to(device), normalizer.offset.to(device)};
}

}  // namespace

DevicePolicy PolicyOn(const Policy& policy, const at::Device& device) {
  return {.network = DpTransformer(policy.config, WeightsOn(policy, device)),
          .observation_normalizer = NormalizerOn(policy.observation_normalizer, device),
          .action_normalizer = NormalizerOn(policy.action_normalizer, device)};
}

}  // namespace sagbench
