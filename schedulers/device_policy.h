#pragma once

#include "policies/checkpoint.h"
#include "policies/dp_transformer.h"
#include "policies/normalizer.h"

namespace sagbench {

// A policy where it is to run: its own tensors if they are there already.
struct DevicePolicy {
  DpTransformer network;
  LinearNormalizer observation_normalizer, action_normalizer;
};

DevicePolicy PolicyOn(const Policy& policy, const at::Device& device);

}  // namespace sagbench
