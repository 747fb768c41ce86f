#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

namespace sagbench {

// One finished episode of one run. Sums are over the episode's replans and count what the executor
// ran, not what the plan said.
struct EpisodeRecord {
  std::string task;  // these three as on the command line, canonical, with their knobs
  std::string sampler;
  std::string scheduler;
  uint64_t seed = 0;  // of the environment; pairs the episodes of different runs
  bool success = false;
  std::optional<double> score;  // 0..1, where the task has one
  std::string failure;  // empty on success, else its name: "timeout", "non-finite-state", ...
  int64_t steps = 0;    // control steps
  int64_t replans = 0;  // action chunks computed
  int64_t computed_cells = 0;         // (denoising step, block) pairs that ran
  int64_t total_cells = 0;            // all pairs there were
  double flops = 0.0;                 // everything that ran: encoder, denoiser, pruner
  double pruner_flops = 0.0;          // the scheduler's part of `flops`
  double skipped_flops = 0.0;         // what the cells that did not run would have cost
  std::string plan_digest;            // SHA-256, hex, over all plans of the episode
  std::string action_digest;          // SHA-256, hex, over all actions of the policy
  double wall_s = 0.0;                // this episode's share of its group's time
  std::optional<std::string> commit;  // of the build that computed it, if not the run's (take.h)
};

nlohmann::json ToJson(const EpisodeRecord& record);

// Throws Error (bad file) naming the missing key or the key of the wrong type; `origin` begins the
// sentence.
EpisodeRecord EpisodeFromJson(const nlohmann::json& json, const std::string& origin);

}  // namespace sagbench
