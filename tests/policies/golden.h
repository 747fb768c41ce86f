#pragma once

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>

#include <ATen/core/Tensor.h>
#include <nlohmann/json.hpp>

#include "core/files.h"
#include "core/safetensors.h"
#include "policies/dp_transformer.h"
#include "policies/tensor_file.h"
#include "tests/policies/max_difference.h"

namespace sagbench {

// One golden data set: X.safetensors and X.json in policy/.
class Golden {
 public:
  explicit Golden(const std::string& name)
      : file_(Folder() / (name + ".safetensors")),
        json_(nlohmann::json::parse(ReadFile(Folder() / (name + ".json")))) {}

  static std::filesystem::path Folder() {
    const char* given = std::getenv("SAGBENCH_GOLDEN_DIR");
    return std::filesystem::path(given != nullptr ? given : SAGBENCH_GOLDEN_DEFAULT) / "policy";
  }

  const SafetensorsFile& file() const { return file_; }
  const nlohmann::json& metadata() const { return json_.at("metadata"); }
  at::Tensor Get(const std::string& name) const { return LoadTensor(file_, name); }

 private:
  SafetensorsFile file_;
  nlohmann::json json_;
};

inline PolicyConfig ConfigOf(const nlohmann::json& config) {
  PolicyConfig result;
  result.action_size = config.at("input_dim");
  result.observation_size = config.at("cond_dim");
  result.horizon = config.at("horizon");
  result.observation_steps = config.at("n_obs_steps");
  result.layers = config.at("n_layer");
  result.heads = config.at("n_head");
  result.width = config.at("n_emb");
  result.action_steps = 1;
  return result;
}

inline uint64_t SplitMix64(uint64_t x) {
  uint64_t z = x + 0x9E3779B97F4A7C15ULL;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

// Weights by the rule of the golden data: centre + amplitude * uniform, from a hash of the index.
inline TransformerWeights FilledWeights(const PolicyConfig& config, uint64_t seed,
                                        const nlohmann::json& fill_table) {
  TransformerWeights weights;
  const std::vector<NamedParameter> parameters = NamedParameters(config, weights);
  for (size_t p = 0; p < parameters.size(); ++p) {
    const nlohmann::json& row = fill_table.at(p);
    at::Tensor tensor = at::empty(parameters[p].shape, at::kFloat);
    auto* out = tensor.data_ptr<float>();
    for (int64_t i = 0; i < tensor.numel(); ++i) {
      const uint64_t h =
          SplitMix64(((seed << 48) ^ (uint64_t{p} << 32)) + static_cast<uint64_t>(i));
      const double u = static_cast<double>(h >> 40) * 0x1p-23 - 1.0;
      out[i] = static_cast<float>(row.at(3).get<double>() + row.at(4).get<double>() * u);
    }
    *parameters[p].tensor = tensor;
  }
  return weights;
}

// Weights stored in the file under `prefix`.
inline TransformerWeights StoredWeights(const PolicyConfig& config, const Golden& golden,
                                        const std::string& prefix) {
  TransformerWeights weights;
  for (const NamedParameter& parameter : NamedParameters(config, weights)) {
    *parameter.tensor = LoadTensor(golden.file(), prefix + parameter.name, parameter.shape);
  }
  return weights;
}

// The network of a golden set, whichever way its weights are given.
inline DpTransformer GoldenNetwork(const Golden& golden) {
  const PolicyConfig config = ConfigOf(golden.metadata().at("config"));
  const nlohmann::json& metadata = golden.metadata();
  if (!metadata.contains("fill_table")) {
    return {config, StoredWeights(config, golden, "weights/")};
  }
  return {config, FilledWeights(config, metadata.at("weights").at("seed").get<uint64_t>(),
                                metadata.at("fill_table"))};
}

}  // namespace sagbench
