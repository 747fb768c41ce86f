#include "schedulers/calibration.h"

#include <algorithm>
#include <cctype>

#include "core/error.h"
#include "core/files.h"
#include "core/shipped.h"
#include "core/strict_json.h"

namespace sagbench {
namespace {

void CheckField(const Calibration& calibration, const char* key, const std::string& expected,
                const std::string& command) {
  const std::string found = calibration.json.at(key).get<std::string>();
  if (found != expected) {
    throw FileError("{} is for {} '{}', not for '{}': make one with '{}'",
                    calibration.path.string(), key, found, expected, command);
  }
}

}  // namespace

std::filesystem::path CalibrationPath(const std::string& method, const std::string& task,
                                      const std::string& sampler, const std::string& variant) {
  std::string name = method + "-" + sampler + (variant.empty() ? "" : "-" + variant);
  std::replace_if(
      name.begin(), name.end(),
      [](unsigned char c) { return std::isalnum(c) == 0 && c != '-' && c != '.'; }, '-');
  return std::filesystem::path("schedulers") / "weights" / task / (name + ".json");
}

Calibration LoadCalibration(const CalibrationQuery& query, const SchedulerParts& parts) {
  Calibration calibration{.path = query.where, .json = {}};
  if (query.where == "auto") {
    calibration.path = FindShipped(query.shipped);
    if (calibration.path.empty()) {
      throw FileError("{} has nothing for sampler '{}' ({}): make it with '{}'", query.method,
                      parts.sampler.Name(), query.shipped.string(), query.command);
    }
  }
  const std::string file = calibration.path.string();
  const std::string text = ReadFile(file);
  calibration.json = ParseStrictJson(text, file);
  try {
    if (calibration.json.at("format").get<int>() != kCalibrationFormat) {
      throw FileError("{}: calibration format {} is unknown: valid is {}", file,
                      calibration.json.at("format").dump(), kCalibrationFormat);
    }
    CheckField(calibration, "method", query.method, query.command);
    CheckField(calibration, "task", parts.policy->config.task, query.command);
    CheckField(calibration, "sampler", parts.sampler.Name(), query.command);
    CheckField(calibration, "policy_sha256", parts.policy->sha256, query.command);
  } catch (const nlohmann::json::exception& error) {
    throw FileError("{}: no calibration ({})", file, error.what());
  }
  if (parts.weights_sha256 != nullptr) *parts.weights_sha256 = Sha256Hex(text);
  return calibration;
}

void CheckCalibrationGrid(const Calibration& calibration, int steps, int blocks) {
  const int has_steps = calibration.json.at("steps"), has_blocks = calibration.json.at("blocks");
  if (has_steps != steps || has_blocks != blocks) {
    throw FileError("{} is of {} steps x {} blocks and does not fit {} x {}",
                    calibration.path.string(), has_steps, has_blocks, steps, blocks);
  }
}

}  // namespace sagbench
