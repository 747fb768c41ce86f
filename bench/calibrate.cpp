#include "bench/calibrate.h"

#include <algorithm>
#include <memory>

#include <ATen/ATen.h>

#include "bench/collect.h"
#include "bench/rollout.h"
#include "core/error.h"
#include "schedulers/bac_schedule.h"
#include "schedulers/calibration.h"
#include "schedulers/dense_residuals.h"

namespace sagbench {
namespace {

constexpr int kReplans = 16;  // of an episode that are looked at

constexpr int64_t kRowsAtOnce = 8;  // 22 MB of residuals each, under ddpm on push-T

// What bac wants to know of a block, summed over observations.
struct BlockSums {
  at::Tensor similarity;  // [steps, steps]
  double distance = 0.0;
};

void AddRows(const std::vector<at::Tensor>& residuals, std::vector<BlockSums>& sums) {
  sums.resize(residuals.size());
  for (size_t block = 0; block < residuals.size(); ++block) {
    for (const at::Tensor& row : residuals[block].unbind(0)) {
      const at::Tensor similarity = StepSimilarity(row);
      at::Tensor& sum = sums[block].similarity;
      sum = sum.defined() ? sum + similarity : similarity;
      sums[block].distance += MeanStepDistance(row);
    }
  }
}

}  // namespace

at::Tensor RecordObservations(const CalibrateRequest& request) {
  const std::unique_ptr<Executor> executor =
      Executors().Choose("eager").Make({.policy = request.policy,
                                        .sampler = request.sampler,
                                        .scheduler = Schedulers().Choose("dense")});
  RolloutRequest rollout;
  rollout.task = request.task;
  rollout.policy = &request.policy->config;
  rollout.run_seed = request.seed;
  rollout.threads = request.threads;
  rollout.max_replans = kReplans;
  rollout.record_chunks = static_cast<int>(request.episodes) * kReplans;
  rollout.record_every = 1;
  RefuseEvaluationSeeds(request.seed, request.episodes);
  std::vector<uint64_t> seeds;
  for (int64_t i = 0; i < request.episodes; ++i) {
    seeds.push_back(request.seed + static_cast<uint64_t>(i));
  }
  const std::vector<at::Tensor> met = RunGroup(rollout, *executor, seeds).observations;
  std::vector<at::Tensor> chosen;
  const auto count = static_cast<size_t>(request.observations);
  if (met.size() < count) {
    throw UsageError(
        "{} episodes gave {} observations, {} are asked for: more --episodes, or fewer",
        request.episodes, met.size(), count);
  }
  for (size_t i = 0; i < count; ++i) chosen.push_back(met[i * met.size() / count]);
  return at::stack(chosen);
}

nlohmann::json CalibrateBac(const CalibrateRequest& request) {
  const at::Tensor observations = RecordObservations(request);
  const int64_t rows = observations.size(0);
  std::vector<BlockSums> sums;
  for (int64_t first = 0; first < rows; first += kRowsAtOnce) {
    const int64_t count = std::min(kRowsAtOnce, rows - first);
    std::vector<uint64_t> episodes;
    for (int64_t i = 0; i < count; ++i) episodes.push_back(static_cast<uint64_t>(first + i));
    const NoiseSource noise = EpisodeNoise(request.policy->config, request.seed, episodes,
                                           std::vector<uint32_t>(episodes.size(), 0));
    AddRows(DenseResiduals(*request.policy, request.sampler, observations.narrow(0, first, count),
                           noise),
            sums);
  }
  const auto steps = static_cast<int>(sums.front().similarity.size(0));
  nlohmann::json updates = nlohmann::json::object();
  std::vector<double> distances;
  for (const BlockSums& block : sums) {
    distances.push_back(block.distance / static_cast<double>(rows));
    for (int count = 1; count <= std::min(kMostBacUpdates, steps); ++count) {
      updates[std::to_string(count)].push_back(OptimalUpdates(block.similarity, count));
    }
  }
  return {{"format", kCalibrationFormat},
          {"method", "bac"},
          {"task", request.policy->config.task},
          {"sampler", request.sampler.Name()},
          {"policy_sha256", request.policy->sha256},
          {"steps", steps},
          {"blocks", sums.size()},
          {"observations", rows},
          {"distances", distances},
          {"updates", updates}};
}

}  // namespace sagbench
