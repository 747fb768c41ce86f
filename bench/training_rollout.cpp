#include "bench/training_rollout.h"

#include <memory>
#include <vector>

#include "bench/collect.h"
#include "bench/rollout.h"
#include "bench/task_choice.h"
#include "policies/sampler.h"
#include "schedulers/executor.h"
#include "schedulers/scheduler.h"

namespace sagbench {

nlohmann::json RollOutPolicy(const TrainingRollout& request, const Policy& policy) {
  RefuseEvaluationSeeds(kFirstTrainingRolloutSeed, request.episodes);
  const std::unique_ptr<Executor> executor =
      Executors().Choose("eager").Make({.policy = &policy,
                                        .sampler = Samplers().Choose(request.sampler),
                                        .scheduler = Schedulers().Choose("dense"),
                                        .device = request.device});
  RolloutRequest rollout;
  rollout.task = ChooseTaskFor(policy.config, request.task);
  rollout.policy = &policy.config;
  rollout.threads = request.threads;
  std::vector<uint64_t> seeds;
  for (int64_t i = 0; i < request.episodes; ++i) {
    seeds.push_back(kFirstTrainingRolloutSeed + static_cast<uint64_t>(i));
  }
  const GroupResult group = RunGroup(rollout, *executor, seeds);
  int64_t successes = 0;
  double score = 0.0;
  for (const Episode& episode : group.episodes) {
    successes += episode.record.success ? 1 : 0;
    score += episode.record.score.value_or(0.0);
  }
  nlohmann::json figures = {{"episodes", request.episodes},
                            {"successes", successes},
                            {"seed", kFirstTrainingRolloutSeed},
                            {"sampler", request.sampler}};
  if (group.episodes.front().record.score) {
    figures["score"] = score / static_cast<double>(request.episodes);
  }
  return figures;
}

}  // namespace sagbench
