#include "bench/train_sag_state.h"

#include <fmt/core.h>

#include "core/error.h"
#include "core/files.h"
#include "core/strict_json.h"
#include "policies/aten.h"
#include "policies/tensor_file.h"

namespace sagbench {
namespace {

nlohmann::json ReadMetadata(const SafetensorsFile& file, const std::string& key) {
  const auto found = file.metadata().find(key);
  const std::string text = found == file.metadata().end() ? "" : found->second;
  return ParseStrictJson(text, fmt::format("{}: {}", file.origin(), key));
}

}  // namespace

nlohmann::json SettingsOf(const TrainSagRequest& request) {
  const SagSettings& s = request.settings;
  return {{"from", request.from.empty() ? "" : Sha256OfFile(request.from)},
          {"rate", s.rate},
          {"reuse", ReuseName(request.reuse)},
          {"hold", HoldName(request.hold)},
          {"observed", request.observed},
          {"width", request.width},
          {"batch", request.batch},
          {"search", request.search},
          {"iterations", s.iterations},
          {"table_rate", s.table_rate},
          {"network_rate", s.network_rate},
          {"sparsity_weight", s.sparsity_weight},
          {"sampled", s.sampled},
          {"clip", s.clip},
          {"seed", s.seed},
          {"episodes", request.rollouts.episodes},
          {"observations", request.rollouts.observations},
          {"first_seed", request.rollouts.seed}};
}

std::string FingerprintOf(const TrainSagRequest& request, const SagKey& key) {
  return Sha256Hex(SettingsOf(request).dump() + request.rollouts.task.Name() + key.sampler +
                   key.policy_sha256);
}

void SaveTrainSagState(const std::filesystem::path& path, const std::string& fingerprint,
                       const TrainSagState& state) {
  TensorFileBuilder builder;
  const SagTrainer::State& trainer = state.trainer;
  for (size_t i = 0; i < trainer.weights.size(); ++i) {
    builder.Add(fmt::format("weights/{:02}", i), trainer.weights[i]);
    builder.Add(fmt::format("first/{:02}", i), trainer.first[i]);
    builder.Add(fmt::format("second/{:02}", i), trainer.second[i]);
    builder.Add(fmt::format("best/{:02}", i),
                state.best_weights.empty() ? trainer.weights[i] : state.best_weights[i]);
  }
  WriteFileAtomically(path, builder.Bytes({{"fingerprint", fingerprint},
                                           {"iteration", std::to_string(trainer.iteration)},
                                           {"searched", std::to_string(state.searched)},
                                           {"best", state.best.dump()},
                                           {"curve", nlohmann::json(state.points).dump()}}));
}

TrainSagState LoadTrainSagState(const std::filesystem::path& path, const std::string& fingerprint,
                                const PrunerShape& shape) {
  const SafetensorsFile file(path);
  const auto& metadata = file.metadata();
  if (!metadata.contains("fingerprint") || metadata.at("fingerprint") != fingerprint) {
    throw UsageError("{} belongs to another training: repeat its command line, or remove it",
                     path.string());
  }
  TrainSagState state;
  state.trainer.iteration = MetadataCount(file, "iteration");
  state.searched = MetadataCount(file, "searched");
  file.CheckFinite();
  PrunerWeights weights;
  size_t i = 0;
  for (const PrunerParameter& parameter : PrunerParameters(shape, weights)) {
    const auto load = [&](const char* what) {
      return LoadTensor(file, fmt::format("{}/{:02}", what, i), parameter.shape);
    };
    state.trainer.weights.push_back(load("weights"));
    state.trainer.first.push_back(load("first"));
    state.trainer.second.push_back(load("second"));
    state.best_weights.push_back(load("best"));
    ++i;
  }
  const nlohmann::json curve = ReadMetadata(file, "curve");
  state.points.assign(curve.begin(), curve.end());
  state.best = ReadMetadata(file, "best");
  if (state.best.is_null()) state.best_weights.clear();
  return state;
}

}  // namespace sagbench
