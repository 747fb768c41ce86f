#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>
#include <nlohmann/json.hpp>

#include "bench/train_sag.h"
#include "schedulers/sag_checkpoint.h"
#include "schedulers/sag_trainer.h"

namespace sagbench {

// What decides what a training makes, beside task, sampler and policy; kept in the pruner's file.
nlohmann::json SettingsOf(const TrainSagRequest& request);
// Of all of it: tells one training from another.
std::string FingerprintOf(const TrainSagRequest& request, const SagKey& key);

// What a pruner's training needs to go on where it stopped.
struct TrainSagState {
  SagTrainer::State trainer;
  int64_t searched = 0;                  // proposals of the search for steps
  std::vector<nlohmann::json> points;    // of the curve
  nlohmann::json best;                   // one of them; null before there is one
  std::vector<at::Tensor> best_weights;  // its; empty before there is one
};

// `fingerprint` says which training it is.
void SaveTrainSagState(const std::filesystem::path& path, const std::string& fingerprint,
                       const TrainSagState& state);

// Throws Error (usage) if the file belongs to another training than `fingerprint`, Error (bad
// file) if it is damaged or its tensors are not those of a pruner of `shape`.
TrainSagState LoadTrainSagState(const std::filesystem::path& path, const std::string& fingerprint,
                                const PrunerShape& shape);

}  // namespace sagbench
