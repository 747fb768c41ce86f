#include "schedulers/calibration.h"

#include <algorithm>
#include <cctype>

#include "core/error.h"
#include "core/files.h"
#include "core/json_reader.h"
#include "core/shell_word.h"
#include "core/shipped.h"
#include "core/strict_json.h"

namespace sagbench {
namespace {

constexpr size_t kShortSha256 = 8;  // digits in a file's name

void CheckField(const Calibration& calibration, const char* key, const std::string& expected,
                const std::string& command) {
  const std::string found = calibration.json.at(key).get<std::string>();
  if (found != expected) {
    throw FileError("{} is for {} '{}', not for '{}': make one with '{}'",
                    calibration.path.string(), key, found, expected, command);
  }
}

// How the name of a file of this policy's own ends, before its extension.
std::string OwnEnding(const std::string& policy_sha256) {
  return fmt::format("-{}", policy_sha256.substr(0, kShortSha256));
}

std::filesystem::path WithSha256(std::filesystem::path path, const std::string& sha256) {
  return path.replace_filename(
      fmt::format("{}{}{}", path.stem().string(), OwnEnding(sha256), path.extension().string()));
}

// The policy's own file, else the shipped one; empty if there is neither.
std::filesystem::path FindCalibration(const std::filesystem::path& shipped,
                                      const std::string& sha256) {
  const std::filesystem::path own = FindShipped(WithSha256(shipped, sha256));
  return own.empty() ? FindShipped(shipped) : own;
}

// "" where the file does not say.
std::string PolicyOf(const std::filesystem::path& path) {
  const nlohmann::json json = nlohmann::json::parse(ReadFile(path), nullptr, /*throw=*/false);
  if (!json.is_object() || !json.contains("policy_sha256")) return "";
  const nlohmann::json& sha256 = json["policy_sha256"];
  return sha256.is_string() ? sha256.get<std::string>() : "";
}

}  // namespace

std::filesystem::path PathOfPolicy(const std::filesystem::path& path, const std::string& sha256) {
  const std::filesystem::path found = FindShipped(path);
  const bool taken = !found.empty() && PolicyOf(found) != sha256;
  return ShippedHome() / (taken ? WithSha256(path, sha256) : path);
}

bool IsNamedAfterItsPolicy(const std::filesystem::path& file) {
  const std::string sha256 = PolicyOf(file);
  return !sha256.empty() && file.stem().string().ends_with(OwnEnding(sha256));
}

std::string PolicyOption(const Policy& policy) {
  return policy.named.empty() ? "" : " --policy " + ShellWord(policy.named);
}

std::filesystem::path CalibrationPath(const std::string& method, const std::string& task,
                                      const std::string& sampler, const std::string& variant) {
  std::string name = method + "-" + sampler + (variant.empty() ? "" : "-" + variant);
  std::replace_if(
      name.begin(), name.end(),
      [](unsigned char c) { return std::isalnum(c) == 0 && c != '-' && c != '.'; }, '-');
  return std::filesystem::path("schedulers") / "weights" / task / (name + ".json");
}

Calibration LoadCalibration(const CalibrationQuery& query, const SchedulerParts& parts) {
  const std::string command = query.command + PolicyOption(*parts.policy);
  Calibration calibration{.path = query.where, .json = {}};
  if (query.where == "auto") {
    calibration.path = FindCalibration(query.shipped, parts.policy->sha256);
    if (calibration.path.empty()) {
      throw FileError("{} has nothing for sampler '{}' ({}): make it with '{}'", query.method,
                      parts.sampler.Name(), query.shipped.string(), command);
    }
  }
  const std::string file = calibration.path.string();
  const std::string text = ReadFile(file);
  calibration.json = ParseStrictJson(text, file);
  try {
    int format = 0;
    JsonReader(calibration.json, file, "a calibration").Read("format", &format);
    if (format != kCalibrationFormat) {
      throw FileError("{}: calibration format {} is unknown: valid is {}", file, format,
                      kCalibrationFormat);
    }
    CheckField(calibration, "method", query.method, command);
    CheckField(calibration, "task", parts.policy->config.task, command);
    CheckField(calibration, "sampler", parts.sampler.Name(), command);
    CheckField(calibration, "policy_sha256", parts.policy->sha256, command);
  } catch (const nlohmann::json::exception& error) {
    throw FileError("{}: no calibration ({})", file, error.what());
  }
  if (parts.weights_sha256 != nullptr) *parts.weights_sha256 = Sha256Hex(text);
  return calibration;
}

void CheckCalibrationGrid(const Calibration& calibration, int steps, int blocks) {
  const JsonReader reader(calibration.json, calibration.path.string(), "a calibration");
  int has_steps = 0, has_blocks = 0;
  reader.Read("steps", &has_steps);
  reader.Read("blocks", &has_blocks);
  if (has_steps != steps || has_blocks != blocks) {
    throw FileError("{} is of {} steps x {} blocks and does not fit {} x {}",
                    calibration.path.string(), has_steps, has_blocks, steps, blocks);
  }
}

}  // namespace sagbench
