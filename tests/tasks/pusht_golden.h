#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/files.h"
#include "core/safetensors.h"
#include "core/strict_json.h"
#include "tasks/pusht_geometry.h"

namespace sagbench::pusht {

// Golden file of the original Python, from SAGBENCH_GOLDEN_DIR or the repository.
inline std::filesystem::path GoldenPath(const std::string& name) {
  const char* folder = std::getenv("SAGBENCH_GOLDEN_DIR");
  return std::filesystem::path(folder != nullptr ? folder : SAGBENCH_GOLDEN_DEFAULT) / "pusht" /
         name;
}

inline SafetensorsFile Golden(const std::string& name) {
  return SafetensorsFile(GoldenPath(name + ".safetensors"));
}

// One recorded open-loop run of pymunk.
struct Scenario {
  std::string name;
  bool block_moves = false;     // there was contact
  std::vector<double> before;   // agent x, y, block x, y, angle before the settling sub-step
  std::vector<double> first;    // after it: 10 columns
  std::vector<double> actions;  // [steps, 2]
  std::vector<double> states;   // [steps, 10]
  size_t steps() const { return actions.size() / 2; }
  const double* state(size_t step) const { return &states[10 * step]; }
};

inline std::vector<Scenario> Scenarios() {
  const SafetensorsFile file = Golden("pusht_traj");
  const nlohmann::json info =
      ParseStrictJson(ReadFile(GoldenPath("pusht_traj.json")), "pusht_traj.json");
  std::vector<Scenario> scenarios;
  for (const nlohmann::json& entry : info.at("metadata").at("scenarios")) {
    const std::string suffix = "_" + entry.at("name").get<std::string>() + "/actions";
    for (const auto& [key, tensor] : file.tensors()) {
      if (!key.ends_with(suffix)) continue;
      const std::string prefix = key.substr(0, key.size() - std::string("actions").size());
      scenarios.push_back({key, entry.at("contacts").get<int>() > 0,
                           file.Doubles(prefix + "start_pose_before_settle"),
                           file.Doubles(prefix + "state0"), file.Doubles(key),
                           file.Doubles(prefix + "state")});
    }
  }
  return scenarios;
}

}  // namespace sagbench::pusht
