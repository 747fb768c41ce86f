#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include <nlohmann/json.hpp>

#include "core/progress.h"
#include "policies/trainer.h"

namespace sagbench {

struct TrainRequest {
  std::filesystem::path data;    // demonstrations, robomimic layout
  std::filesystem::path folder;  // checkpoint, curve, policies
  PolicyConfig config;           // sizes of observation and action come from the task
  TrainSettings settings;
  int pad_after = -1;  // rows of padding after an episode; -1: action_steps - 1
  int64_t validate_every = 500;
  int64_t checkpoint_every = 500;
  int64_t rollout_every = 0;  // iterations; 0: never
  int64_t stop_after = 0;     // end this session at that iteration (0: at the schedule's end)
  bool resume = false;
  std::filesystem::path from;  // start from this policy's weights and normalizers (empty: afresh)
  double memory_gain = 1.0;    // ScaleMemory of the weights that it starts from
  nlohmann::json provenance;   // command and commit; data hash and settings are added
  // Figures of a rollout with the averaged weights, e.g. success and score; may be empty.
  std::function<nlohmann::json(const Policy&)> rollout;
};

// Trains or goes on training in `folder`: checkpoint.safetensors (atomic), curve.jsonl (loss,
// validation and rollouts by iteration), and the averaged weights as policies: `last/` and `best/`
// (lowest validation action error). Interruptible: saves and throws Error (interrupted).
// Throws Error (usage) if the folder holds a training and `resume` is false.
void TrainPolicy(const TrainRequest& request, const ProgressSink& progress);

}  // namespace sagbench
