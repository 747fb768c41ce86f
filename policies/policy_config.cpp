#include "policies/policy_config.h"

#include <utility>

#include "core/error.h"

namespace sagbench {
namespace {

struct SizeField {
  const char* name;
  int PolicyConfig::*member;
  int max;
};

constexpr int kTrainSteps = 100;  // the samplers' knobs are made for it

constexpr SizeField kSizes[] = {
    {"observation_size", &PolicyConfig::observation_size, 4096},
    {"action_size", &PolicyConfig::action_size, 256},
    {"horizon", &PolicyConfig::horizon, 256},
    {"observation_steps", &PolicyConfig::observation_steps, 64},
    {"action_steps", &PolicyConfig::action_steps, 256},
    {"layers", &PolicyConfig::layers, 64},
    {"heads", &PolicyConfig::heads, 64},
    {"width", &PolicyConfig::width, 4096},
    {"train_steps", &PolicyConfig::train_steps, kTrainSteps},
};

}  // namespace

void CheckPolicyConfig(const PolicyConfig& config) {
  if (config.train_steps != kTrainSteps) {
    throw UsageError("policy setting train_steps is {}: samplers are made for {}",
                     config.train_steps, kTrainSteps);
  }
  for (const SizeField& field : kSizes) {
    const int value = config.*field.member;
    if (value < 1 || value > field.max) {
      throw UsageError("policy setting {} is {}: valid are 1 to {}", field.name, value, field.max);
    }
  }
  if (config.width % config.heads != 0 || config.width % 2 != 0 || config.width < 4) {
    throw UsageError("policy width {} must be even, at least 4 and a multiple of its {} heads",
                     config.width, config.heads);
  }
  if (config.executed_tokens() > config.horizon) {
    throw UsageError("a horizon of {} is too short for {} observations and {} actions: at least {}",
                     config.horizon, config.observation_steps, config.action_steps,
                     config.executed_tokens());
  }
}

nlohmann::json ToJson(const PolicyConfig& config) {
  nlohmann::json json;
  json["task"] = config.task;
  json["task_knobs"] = config.task_knobs;
  json["observation_keys"] = config.observation_keys;
  for (const SizeField& field : kSizes) json[field.name] = config.*field.member;
  return json;
}

PolicyConfig PolicyConfigFromJson(const nlohmann::json& json, const std::string& source) {
  PolicyConfig config;
  try {
    config.task = json.at("task").get<std::string>();
    config.task_knobs = json.at("task_knobs").get<std::map<std::string, std::string>>();
    config.observation_keys = json.at("observation_keys").get<std::vector<std::string>>();
    for (const SizeField& field : kSizes) config.*field.member = json.at(field.name).get<int>();
    CheckPolicyConfig(config);
  } catch (const nlohmann::json::exception& error) {
    throw FileError("{}: bad policy configuration ({})", source, error.what());
  } catch (const Error& error) {
    throw FileError("{}: {}", source, error.what());
  }
  return config;
}

}  // namespace sagbench
