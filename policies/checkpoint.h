#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "policies/normalizer.h"
#include "policies/policy_config.h"
#include "policies/transformer_weights.h"

namespace sagbench {

// A trained policy: what is in DIR/policy.safetensors and DIR/policy.json.
struct Policy {
  PolicyConfig config;
  TransformerWeights weights;  // float32, on the CPU
  LinearNormalizer observation_normalizer, action_normalizer;
  nlohmann::json provenance;  // free form: command, commit, data hash, ...
  std::string name;           // the folder's name
  std::string named;          // the folder as a user named it; "": the task's shipped policy
  std::string sha256;         // of policy.safetensors
};

// The four tensors of a policy's normalizers, by their names in files.
struct NormalizerTensor {
  const char* name;
  at::Tensor* tensor;  // points into the policy
  int size;
};
std::vector<NormalizerTensor> NormalizerTensors(Policy& policy);

enum class WeightPrecision { kFloat16, kFloat32 };

// Writes each file atomically, the safetensors first; between the two LoadPolicy refuses the pair.
// Returns the sha256 of the safetensors. Throws Error (environment).
std::string SavePolicy(const std::filesystem::path& folder, Policy& policy,
                       WeightPrecision precision);

// Reads and checks both files: every expected tensor with its shape, finite values, no stranger,
// and the sha256 that the JSON names. Throws Error (bad file).
Policy LoadPolicy(const std::filesystem::path& folder);

// A policy with fresh weights and identity normalizers, for tests.
Policy RandomPolicy(const PolicyConfig& config, uint64_t seed);

}  // namespace sagbench
