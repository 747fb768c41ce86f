#pragma once

#include <cstdint>
#include <string>

#include <nlohmann/json.hpp>

#include "policies/checkpoint.h"

namespace sagbench {

// Rollouts while a policy is trained: from seeds that neither demonstrations nor evaluations use by
// default.
inline constexpr uint64_t kFirstTrainingRolloutSeed = 99000;

struct TrainingRollout {
  std::string task = "pusht";  // as typed
  std::string sampler = "ddim:steps=16";
  std::string device = "cpu";
  int64_t episodes = 20;  // one group
  int threads = 1;        // of the simulators
};

// {"episodes", "successes", "seed", "sampler"} and, where the task has one, "score" (mean of the
// episodes' best). Throws Error (interrupted) when interrupted.
nlohmann::json RollOutPolicy(const TrainingRollout& request, const Policy& policy);

}  // namespace sagbench
