#pragma once

#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace sagbench {

// Shape of a DP-Transformer and of the chunk it predicts. Defaults: push-T low-dim of
// diffusion_policy (horizon Tp, observation_steps To, action_steps Ta of Chi et al., RSS 2023).
struct PolicyConfig {
  std::string task = "pusht";
  std::map<std::string, std::string> task_knobs;  // the task settings it was trained with
  std::vector<std::string> observation_keys;      // in order of concatenation
  int observation_size = 20;
  int action_size = 2;
  int horizon = 16;
  int observation_steps = 2;
  int action_steps = 8;
  int layers = 8;
  int heads = 4;
  int width = 256;
  // Diffusion steps of training, squared-cosine schedule, epsilon prediction; no other number.
  int train_steps = 100;

  int memory_tokens() const { return 1 + observation_steps; }
  int head_width() const { return width / heads; }
  // Leading tokens of the horizon up to the last executed action: entries 0..To-2 are past actions.
  int executed_tokens() const { return observation_steps - 1 + action_steps; }
};

// Throws Error (usage) naming the size that is out of range, does not fit another or the samplers.
void CheckPolicyConfig(const PolicyConfig& config);

nlohmann::json ToJson(const PolicyConfig& config);
// Throws Error (bad file) naming the missing or ill-typed key; `source` is the file for the
// sentence.
PolicyConfig PolicyConfigFromJson(const nlohmann::json& json, const std::string& source);

}  // namespace sagbench
