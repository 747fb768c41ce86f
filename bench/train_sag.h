#pragma once

#include <cstdint>
#include <filesystem>

#include <nlohmann/json.hpp>

#include "bench/calibrate.h"
#include "core/progress.h"
#include "schedulers/sag_checkpoint.h"
#include "schedulers/sag_trainer.h"

namespace sagbench {

struct TrainSagRequest {
  CalibrateRequest rollouts;  // policy, task, sampler; whose observations are learned from
  SagSettings settings;       // its rate is the key's
  Reuse reuse = Reuse::kBlock;
  Hold hold = Hold::kClean;
  bool observed = true;  // false: one mask for all observations (a control)
  int width = 64;
  int64_t search = 0;  // proposals of the search for steps; only with Hold::kClean
  int64_t batch = 8;
  int64_t validate_every = 25;   // proposals and iterations; a checkpoint as well
  std::filesystem::path folder;  // checkpoint.safetensors, curve.jsonl
  std::filesystem::path out;     // the pruner's JSON file
  std::filesystem::path from;  // start from this pruner, of whatever policy and rate; may be empty
  bool resume = false;
  nlohmann::json provenance;  // command and commit; settings and curve are added
};

// Trains a pruner from its folder to its file, resumably: saves and throws Error (interrupted) when
// interrupted; a resumed training repeats an uninterrupted one. The pruner is the one nearest to
// dense on observations kept for validation among the curve's points, each with its logits shifted
// as one to reuse the rate there; the curve begins with the pruner that training starts from.
// Where steps hold the clean estimate, a search for the steps that the table computes comes first
// (StepSearch); a table of another number of steps than the rate's makes way for `late`'s. Returns
// that point. Throws Error (usage) if there is a search without that, or `from` is of another grid,
// way of reuse or width.
nlohmann::json TrainSag(const TrainSagRequest& request, const ProgressSink& progress);

}  // namespace sagbench
