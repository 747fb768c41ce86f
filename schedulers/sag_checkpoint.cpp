#include "schedulers/sag_checkpoint.h"

#include <set>

#include <fmt/core.h>

#include "core/error.h"
#include "core/files.h"
#include "core/json_reader.h"
#include "core/strict_json.h"
#include "policies/aten.h"
#include "policies/tensor_file.h"
#include "schedulers/calibration.h"

namespace sagbench {
namespace {

constexpr const char* kReferences = "references";

std::filesystem::path TensorsBeside(std::filesystem::path json_path) {
  return json_path.replace_extension(".safetensors");
}

void LoadTensors(const std::filesystem::path& path, LoadedSag& sag) {
  const SafetensorsFile file(path);
  file.CheckFinite();
  std::set<std::string> expected;
  for (PrunerParameter& parameter : PrunerParameters(sag.shape, sag.weights)) {
    *parameter.tensor = LoadTensor(file, parameter.name, parameter.shape).to(at::kFloat);
    expected.insert(parameter.name);
  }
  sag.references = LoadTensor(file, kReferences).to(at::kFloat);
  expected.insert(kReferences);
  if (sag.references.dim() != 2 || sag.references.size(0) < 1 ||
      sag.references.size(1) != sag.shape.observation_size) {
    throw FileError("{}: '{}' are no observations of {} numbers", path.string(), kReferences,
                    sag.shape.observation_size);
  }
  for (const auto& [name, tensor] : file.tensors()) {
    if (!expected.contains(name)) {
      throw FileError("{}: tensor '{}' is not part of this pruner", path.string(), name);
    }
  }
}

// Pruners from before there was a choice have none.
Hold HoldFromJson(const nlohmann::json& json, const std::string& file) {
  const std::string name = json.value("hold", HoldName(Hold::kResiduals));
  if (name != HoldName(Hold::kResiduals) && name != HoldName(Hold::kClean)) {
    throw FileError("{}: hold is '{}': valid are residuals and clean", file, name);
  }
  return HoldFromName(name);
}

Reuse ReuseFromJson(const nlohmann::json& json, const std::string& file) {
  const nlohmann::json& name = json.at("reuse");
  for (const Reuse reuse : {Reuse::kKind, Reuse::kBlock, Reuse::kAll}) {
    if (name == ReuseName(reuse)) return reuse;
  }
  throw FileError("{}: reuse is {}: valid are kind, block and all", file, name.dump());
}

// Throws nlohmann's exceptions on missing and ill-typed keys.
LoadedSag FromJson(const nlohmann::json& json, const std::filesystem::path& path) {
  const std::string file = path.string();
  const JsonReader reader(json, file, "a pruner");
  LoadedSag sag;
  PrunerShape& s = sag.shape;
  reader.Read("steps", &s.steps);
  reader.Read("blocks", &s.blocks);
  reader.Read("observation_size", &s.observation_size);
  reader.Read("width", &s.width);
  s.reuse = ReuseFromJson(json, file);
  s.hold = HoldFromJson(json, file);
  if (s.steps < 1 || s.blocks < 1 || s.observation_size < 1 || s.width < 8 || s.width % 8 != 0) {
    throw FileError("{}: sizes {} x {} x {} or width {} (a multiple of 8) are out of range", file,
                    s.steps, s.blocks, s.observation_size, s.width);
  }
  const std::filesystem::path tensors = TensorsBeside(path);
  if (Sha256OfFile(tensors) != json.at("sha256").get<std::string>()) {
    throw FileError("{} is not the file that {} names (another sha256)", tensors.string(), file);
  }
  LoadTensors(tensors, sag);
  return sag;
}

}  // namespace

std::filesystem::path SagPath(const SagKey& key) {
  return CalibrationPath(
      "sag", key.task, key.sampler,
      fmt::format("rate-{}-{}{}{}", key.rate, ReuseName(key.reuse),
                  key.hold == Hold::kClean ? "-clean" : "", key.observed ? "" : "-table"));
}

std::string SagCommand(const SagKey& key) {
  return fmt::format("sagbench train sag --task {} --sampler {} --rate {} --reuse {} --hold {}{}",
                     key.task, key.sampler, key.rate, ReuseName(key.reuse), HoldName(key.hold),
                     key.observed ? "" : " --table");
}

void SaveSag(const std::filesystem::path& json_path, const SagKey& key, LoadedSag& sag,
             const nlohmann::json& notes) {
  const PrunerShape& shape = sag.shape;
  TensorFileBuilder builder;
  for (const PrunerParameter& parameter : PrunerParameters(shape, sag.weights)) {
    builder.Add(parameter.name, parameter.tensor->detach());
  }
  builder.Add(kReferences, sag.references);
  const std::string bytes = builder.Bytes({});
  nlohmann::json json = notes;
  json["format"] = kCalibrationFormat;
  json["method"] = "sag";
  json["task"] = key.task;
  json["sampler"] = key.sampler;
  json["policy_sha256"] = key.policy_sha256;
  json["rate"] = key.rate;
  json["reuse"] = ReuseName(key.reuse);
  json["hold"] = HoldName(key.hold);
  json["observed"] = key.observed;
  json["steps"] = shape.steps;
  json["blocks"] = shape.blocks;
  json["observation_size"] = shape.observation_size;
  json["width"] = shape.width;
  json["sha256"] = Sha256Hex(bytes);
  WriteFileAtomically(TensorsBeside(json_path), bytes);
  WriteFileAtomically(json_path, json.dump(1) + "\n");
}

LoadedSag ReadSag(const std::filesystem::path& json_path) {
  const std::string file = json_path.string();
  const nlohmann::json json = ParseStrictJson(ReadFile(json_path), file);
  try {
    return FromJson(json, json_path);
  } catch (const nlohmann::json::exception& error) {
    throw FileError("{}: no pruner ({})", file, error.what());
  }
}

LoadedSag LoadSag(const SagKey& key, const std::string& where, const SchedulerParts& parts) {
  const Calibration calibration = LoadCalibration(
      {.method = "sag", .where = where, .shipped = SagPath(key), .command = SagCommand(key)},
      parts);
  const nlohmann::json& json = calibration.json;
  const std::string file = calibration.path.string();
  const std::string command = SagCommand(key) + PolicyOption(*parts.policy);
  try {
    const Hold hold = HoldFromJson(json, file);
    if (json.at("rate").get<double>() != key.rate || json.at("reuse") != ReuseName(key.reuse) ||
        hold != key.hold || json.at("observed").get<bool>() != key.observed) {
      throw FileError(
          "{} is for rate {}, reuse {}, hold {} and observed {}, not for {}, {}, {} and {}: train "
          "one with '{}'",
          file, json.at("rate").dump(), json.at("reuse").dump(), HoldName(hold),
          json.at("observed").dump(), key.rate, ReuseName(key.reuse), HoldName(key.hold),
          key.observed, command);
    }
    return FromJson(json, calibration.path);
  } catch (const nlohmann::json::exception& error) {
    throw FileError("{}: no pruner ({})", file, error.what());
  }
}

}  // namespace sagbench
