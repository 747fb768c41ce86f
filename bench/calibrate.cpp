#include "bench/calibrate.h"

#include <algorithm>
#include <memory>

#include <ATen/ATen.h>

#include "bench/rollout.h"
#include "core/error.h"
#include "schedulers/bac_schedule.h"
#include "schedulers/calibration.h"
#include "schedulers/dense_residuals.h"

namespace sagbench {
namespace {

constexpr int kReplans = 16;  // of an episode that are looked at

// Mean over rows of what `figure` makes of a block's residuals [steps, n].
template <class Figure>
auto MeanOverRows(const at::Tensor& residuals, Figure figure) {
  auto sum = figure(residuals[0]);
  for (int64_t row = 1; row < residuals.size(0); ++row) sum = sum + figure(residuals[row]);
  return sum / static_cast<double>(residuals.size(0));
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
  std::vector<uint64_t> seeds;
  for (int64_t i = 0; i < request.episodes; ++i) {
    seeds.push_back(request.seed + static_cast<uint64_t>(i));
  }
  const std::vector<at::Tensor> met = RunGroup(rollout, *executor, seeds).observations;
  std::vector<at::Tensor> chosen;
  const auto count = std::min<size_t>(met.size(), static_cast<size_t>(request.observations));
  for (size_t i = 0; i < count; ++i) chosen.push_back(met[i * met.size() / count]);
  return at::stack(chosen);
}

nlohmann::json CalibrateBac(const CalibrateRequest& request) {
  const at::Tensor observations = RecordObservations(request);
  const auto rows = static_cast<size_t>(observations.size(0));
  std::vector<uint64_t> episodes(rows);
  for (size_t i = 0; i < rows; ++i) episodes[i] = i;
  const NoiseSource noise =
      EpisodeNoise(request.policy->config, request.seed, episodes, std::vector<uint32_t>(rows, 0));
  const std::vector<at::Tensor> residuals =
      DenseResiduals(*request.policy, request.sampler, observations, noise);
  const auto steps = static_cast<int>(residuals.front().size(1));
  nlohmann::json updates = nlohmann::json::object();
  std::vector<double> distances;
  for (const at::Tensor& block : residuals) {
    const at::Tensor similarity = MeanOverRows(block, StepSimilarity);
    distances.push_back(MeanOverRows(block, MeanStepDistance));
    for (int count = 1; count <= std::min(kMostBacUpdates, steps); ++count) {
      updates[std::to_string(count)].push_back(OptimalUpdates(similarity, count));
    }
  }
  return {{"format", kCalibrationFormat},
          {"method", "bac"},
          {"task", request.policy->config.task},
          {"sampler", request.sampler.Name()},
          {"policy_sha256", request.policy->sha256},
          {"steps", steps},
          {"blocks", residuals.size()},
          {"observations", rows},
          {"distances", distances},
          {"updates", updates}};
}

}  // namespace sagbench
