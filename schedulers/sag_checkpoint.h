#pragma once

#include <filesystem>
#include <string>

#include <nlohmann/json.hpp>

#include "schedulers/sag_pruner.h"
#include "schedulers/scheduler.h"

namespace sagbench {

// What a pruner was trained for. Its files are keyed by all of it.
struct SagKey {
  std::string task, sampler, policy_sha256;  // sampler: canonical, with its knobs
  double rate = 0.9;                         // target share of cells reused
  Reuse reuse = Reuse::kAll;
  Hold hold = Hold::kResiduals;
  bool observed = true;  // false: the control that learns one mask for all observations
};

// The shipped JSON file of a pruner, relative to sagbench's home; tensors lie beside it with the
// extension .safetensors.
std::filesystem::path SagPath(const SagKey& key);
// The command that trains it.
std::string SagCommand(const SagKey& key);

struct LoadedSag {
  PrunerShape shape;
  PrunerWeights weights;
  // Normalised observations [n, To * obs] of its training: what other masks and the mean one are
  // taken from.
  at::Tensor references;
};

// Writes both files; `notes` (reached sparsity, provenance, ...) are added to the JSON.
void SaveSag(const std::filesystem::path& json_path, const SagKey& key, LoadedSag& sag,
             const nlohmann::json& notes);

// Reads a pruner of whatever policy, sampler and rate from its JSON file. Throws Error (bad file).
LoadedSag ReadSag(const std::filesystem::path& json_path);

// Reads the pruner of `key` ("auto": the shipped one, else a JSON file) and checks that it was made
// for this key, policy and sampler, and every tensor. Throws Error (bad file).
LoadedSag LoadSag(const SagKey& key, const std::string& where, const SchedulerParts& parts);

}  // namespace sagbench
