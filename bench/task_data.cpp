#include "bench/task_data.h"

#include <string>

#include <nlohmann/json.hpp>

#include "bench/task_choice.h"
#include "core/error.h"
#include "tasks/policy_action.h"

namespace sagbench {
namespace {

// What robomimic's files say of their environment: "Lift". Empty where they do not.
std::string EnvironmentName(const DemonstrationFile& file) {
  const auto found = file.info.attributes.find("env_args");
  if (found == file.info.attributes.end()) return {};
  const nlohmann::json json = nlohmann::json::parse(found->second, nullptr, false);
  return json.is_object() && json.contains("env_name") && json["env_name"].is_string()
             ? json["env_name"].get<std::string>()
             : "";
}

void CheckRecordedOn(const DemonstrationFile& file, const std::string& task, const TaskSpec& spec,
                     const std::string& path) {
  const auto recorded = file.info.attributes.find("task");
  if (recorded != file.info.attributes.end()) {
    if (recorded->second == task) return;
    throw FileError("{} was recorded on task '{}', not on '{}'", path, recorded->second, task);
  }
  const std::string environment = EnvironmentName(file);
  if (environment.empty() || environment == spec.name || spec.robomimic_name.empty()) return;
  if (environment != spec.robomimic_name) {
    throw FileError("{} was recorded on robomimic's '{}', not on '{}', which is task '{}' here",
                    path, environment, spec.robomimic_name, spec.name);
  }
}

}  // namespace

DemonstrationFile ReadTaskData(const std::filesystem::path& path, const PolicyConfig& config) {
  const TaskRegistry::Choice task = TrainedTask(config);
  const TaskSpec spec = task.Make()->spec();
  DemonstrationFile file = ReadDemonstrations(path, config.observation_keys);
  CheckRecordedOn(file, task.Name(), spec, path.string());
  for (Demonstration& demonstration : file.demonstrations) {
    demonstration.actions = ToPolicyActions(spec, demonstration.actions);
  }
  return file;
}

void FitNormalizers(const WindowDataset& data, Policy& policy) {
  const TaskSpec spec = TrainedTask(policy.config).Make()->spec();
  if (spec.normalization == Normalization::kLimits) {
    policy.observation_normalizer = FitLimits(data.observations());
    policy.action_normalizer = FitLimits(data.actions());
    return;
  }
  policy.observation_normalizer = FitGlobalScale(data.observations());
  policy.action_normalizer = spec.action_encoding == ActionEncoding::kRotation6d
                                 ? FitPositionLimits(data.actions())
                                 : Identity(policy.config.action_size);
}

}  // namespace sagbench
