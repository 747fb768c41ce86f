#pragma once

#include <filesystem>
#include <string>

#include <nlohmann/json.hpp>

#include "schedulers/scheduler.h"

namespace sagbench {

// What a trained or calibrated method knows lies in JSON files under schedulers/weights/TASK/ (with
// tensors beside them, if any). Each belongs to one policy, one sampler and one method.
inline constexpr int kCalibrationFormat = 1;

// Where the shipped file of a method lies, relative to sagbench's home; `variant` tells apart those
// of one sampler, e.g. "rate-0.9-all". Files of another policy have its sha256 in their names
// (PathOfPolicy).
std::filesystem::path CalibrationPath(const std::string& method, const std::string& task,
                                      const std::string& sampler, const std::string& variant = "");

// Where a new file of this policy goes, under sagbench's home: `path`, a CalibrationPath, unless
// that is found to be another policy's; then its name ends in the first digits of the sha256.
std::filesystem::path PathOfPolicy(const std::filesystem::path& path, const std::string& sha256);

// Whether an existing file is one that PathOfPolicy named after a policy.
bool IsNamedAfterItsPolicy(const std::filesystem::path& file);

// What a command needs to be about this policy: " --policy DIR", or nothing for a shipped one.
std::string PolicyOption(const Policy& policy);

struct CalibrationQuery {
  std::string method;
  std::string where = "auto";     // "auto": the shipped file, else a path
  std::filesystem::path shipped;  // CalibrationPath
  std::string command;            // that makes it for a shipped policy, for sentences
};

struct Calibration {
  std::filesystem::path path;
  nlohmann::json json;
};

// Reads the file ("auto": the policy's own, else the shipped one) and checks that it is of this
// method, task, sampler and policy (by sha256); tells `parts` the file's own. Throws Error (bad
// file) with the command that makes one.
Calibration LoadCalibration(const CalibrationQuery& query, const SchedulerParts& parts);

// Throws Error (bad file) unless the calibration's "steps" and "blocks" are these whole numbers.
void CheckCalibrationGrid(const Calibration& calibration, int steps, int blocks);

}  // namespace sagbench
