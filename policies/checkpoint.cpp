#include "policies/checkpoint.h"

#include <set>

#include "core/error.h"
#include "core/files.h"
#include "core/safetensors.h"
#include "core/strict_json.h"
#include "policies/aten.h"
#include "policies/tensor_file.h"

namespace sagbench {
namespace {

constexpr const char* kWeightsFile = "policy.safetensors";
constexpr const char* kConfigFile = "policy.json";
constexpr int kFormat = 1;  // of policy.json
constexpr const char* kActionScale = "normalizer.action.scale";

nlohmann::json ReadConfigFile(const std::filesystem::path& path) {
  nlohmann::json json = ParseStrictJson(ReadFile(path), path.string());
  if (!json.is_object() || !json.contains("config") || !json.contains("sha256") ||
      !json["sha256"].is_string()) {
    throw FileError("{} has no 'config' and 'sha256'", path.string());
  }
  const nlohmann::json format = json.value("format", nlohmann::json());
  if (format != nlohmann::json(kFormat)) {
    throw FileError("{}: policy format {} is unknown: valid is {}", path.string(), format.dump(),
                    kFormat);
  }
  return json;
}

void LoadTensors(const SafetensorsFile& file, Policy& policy) {
  file.CheckFinite();
  std::set<std::string> expected;
  for (NamedParameter& parameter : NamedParameters(policy.config, policy.weights)) {
    *parameter.tensor = LoadTensor(file, parameter.name, parameter.shape).to(at::kFloat);
    expected.insert(parameter.name);
  }
  for (const auto& [name, tensor, size] : NormalizerTensors(policy)) {
    *tensor = LoadTensor(file, name, {size}).to(at::kFloat);
    expected.insert(name);
  }
  if (at::any(policy.action_normalizer.scale == 0.0).item<bool>()) {
    throw FileError("{}: '{}' has a zero scale", file.origin(), kActionScale);
  }
  for (const auto& [name, tensor] : file.tensors()) {
    if (!expected.contains(name)) {
      throw FileError("{}: tensor '{}' is not part of this network", file.origin(), name);
    }
  }
}

}  // namespace

std::vector<NormalizerTensor> NormalizerTensors(Policy& policy) {
  const int observation = policy.config.observation_size;
  const int action = policy.config.action_size;
  return {{"normalizer.obs.scale", &policy.observation_normalizer.scale, observation},
          {"normalizer.obs.offset", &policy.observation_normalizer.offset, observation},
          {kActionScale, &policy.action_normalizer.scale, action},
          {"normalizer.action.offset", &policy.action_normalizer.offset, action}};
}

std::string SavePolicy(const std::filesystem::path& folder, Policy& policy,
                       WeightPrecision precision) {
  MakeWritableFolder(folder);
  const at::ScalarType type = precision == WeightPrecision::kFloat16 ? at::kHalf : at::kFloat;
  TensorFileBuilder builder;
  for (const NamedParameter& parameter : NamedParameters(policy.config, policy.weights)) {
    builder.Add(parameter.name, parameter.tensor->to(type));
  }
  for (const auto& [name, tensor, size] : NormalizerTensors(policy)) {
    builder.Add(name, tensor->to(at::kFloat));
  }
  const std::string bytes = builder.Bytes({{"format", "sagbench policy 1"}});
  policy.sha256 = Sha256Hex(bytes);
  nlohmann::json json;
  json["format"] = kFormat;
  json["config"] = ToJson(policy.config);
  json["sha256"] = policy.sha256;
  json["provenance"] = policy.provenance;
  WriteFileAtomically(folder / kWeightsFile, bytes);
  WriteFileAtomically(folder / kConfigFile, json.dump(2) + "\n");
  return policy.sha256;
}

Policy LoadPolicy(const std::filesystem::path& folder) {
  const std::filesystem::path config_path = folder / kConfigFile;
  const std::filesystem::path weights_path = folder / kWeightsFile;
  if (!std::filesystem::is_directory(folder)) {
    throw FileError("policy '{}' is not a folder with {} and {}", folder.string(), kWeightsFile,
                    kConfigFile);
  }
  const nlohmann::json json = ReadConfigFile(config_path);
  Policy policy;
  policy.config = PolicyConfigFromJson(json["config"], config_path.string());
  policy.provenance = json.value("provenance", nlohmann::json::object());
  policy.name = std::filesystem::absolute(folder).lexically_normal().filename().string();
  std::string bytes = ReadFile(weights_path);
  policy.sha256 = Sha256Hex(bytes);
  LoadTensors(SafetensorsFile(std::move(bytes), weights_path.string()), policy);
  if (policy.sha256 != json["sha256"].get<std::string>()) {
    throw FileError("{} has sha256 {}, but {} names {}: the file was changed or damaged",
                    weights_path.string(), policy.sha256, config_path.string(),
                    json["sha256"].get<std::string>());
  }
  return policy;
}

Policy RandomPolicy(const PolicyConfig& config, uint64_t seed) {
  Policy policy;
  policy.config = config;
  policy.weights = InitialWeights(config, seed);
  policy.observation_normalizer = Identity(config.observation_size);
  policy.action_normalizer = Identity(config.action_size);
  policy.name = "random";
  return policy;
}

}  // namespace sagbench
