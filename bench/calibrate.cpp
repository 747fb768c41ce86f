#include "bench/calibrate.h"

#include <algorithm>
#include <memory>

#include "bench/collect.h"
#include "bench/rollout.h"
#include "core/error.h"
#include "core/interrupt.h"
#include "policies/aten.h"
#include "policies/fused_network.h"
#include "schedulers/bac_schedule.h"
#include "schedulers/calibration.h"
#include "schedulers/dense_residuals.h"

namespace sagbench {
namespace {

constexpr int kReplans = 16;  // of an episode that are looked at

constexpr int64_t kRecordedAtOnce = 8;  // 22 MB of residuals each, under ddpm on push-T

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

// The noise of rows first to first + count - 1 of the recorded observations.
NoiseSource NoiseOfRows(const CalibrateRequest& request, int64_t first, int64_t count) {
  std::vector<uint64_t> episodes;
  for (int64_t i = 0; i < count; ++i) episodes.push_back(static_cast<uint64_t>(first + i));
  return EpisodeNoise(request.policy->config, request.seed, episodes,
                      std::vector<uint32_t>(episodes.size(), 0));
}

// What every calibration says about itself.
nlohmann::json Heading(const CalibrateRequest& request, const std::string& method, int64_t steps,
                       int64_t blocks) {
  return {{"format", kCalibrationFormat},
          {"method", method},
          {"task", request.policy->config.task},
          {"sampler", request.sampler.Name()},
          {"policy_sha256", request.policy->sha256},
          {"steps", steps},
          {"blocks", blocks},
          {"observations", request.observations}};
}

}  // namespace

at::Tensor RecordObservations(const CalibrateRequest& request) {
  const char* fastest = FusedNetwork::Fits(request.policy->config) ? "fused" : "eager";
  const std::unique_ptr<Executor> executor =
      Executors().Choose(fastest).Make({.policy = request.policy,
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
  for (int64_t first = 0; first < rows; first += kRecordedAtOnce) {
    ThrowIfInterrupted();
    const int64_t count = std::min(kRecordedAtOnce, rows - first);
    AddRows(DenseResiduals(*request.policy, request.sampler, observations.narrow(0, first, count),
                           NoiseOfRows(request, first, count)),
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
  nlohmann::json calibration = Heading(request, "bac", steps, static_cast<int64_t>(sums.size()));
  calibration["distances"] = distances;
  calibration["updates"] = updates;
  return calibration;
}

nlohmann::json CalibrateL2c(const CalibrateRequest& request, const L2cSettings& settings) {
  const Policy& policy = *request.policy;
  const std::unique_ptr<Sampler> sampler =
      request.sampler.Make(NoiseSchedule(policy.config.train_steps));
  const at::Tensor observations = RecordObservations(request);
  L2cChains chains{.observations = policy.observation_normalizer.Normalize(observations),
                   .samples = DenseSamples(policy, request.sampler, observations,
                                           NoiseOfRows(request, 0, observations.size(0))),
                   .timesteps = {sampler->timesteps().begin(), sampler->timesteps().end()}};
  const DpTransformer network = DpTransformer(policy.config, policy.weights)
                                    .Prefix(static_cast<int>(policy.config.executed_tokens()));
  L2cRouter router(network, std::move(chains), settings);
  nlohmann::json curve = nlohmann::json::array();
  const int64_t every = std::max<int64_t>(1, settings.iterations / 10);
  for (int64_t i = 1; i <= settings.iterations; ++i) {
    ThrowIfInterrupted();
    const L2cIteration now = router.Step();
    if (i % every != 0) continue;
    curve.push_back({{"iteration", i}, {"error", now.error}, {"kept", now.kept}});
  }
  const at::Tensor probabilities = router.Probabilities();
  nlohmann::json rows = nlohmann::json::array();
  for (const at::Tensor& step : probabilities.unbind(0)) {
    const at::Tensor row = step.contiguous();
    rows.push_back(std::vector<float>(row.data_ptr<float>(), row.data_ptr<float>() + row.numel()));
  }
  nlohmann::json calibration = Heading(
      request, "l2c", static_cast<int64_t>(sampler->timesteps().size()), probabilities.size(1));
  calibration["settings"] = {{"penalty", settings.penalty},
                             {"learning_rate", settings.learning_rate},
                             {"iterations", settings.iterations},
                             {"seed", settings.seed}};
  calibration["curve"] = curve;
  calibration["probabilities"] = rows;
  return calibration;
}

}  // namespace sagbench
