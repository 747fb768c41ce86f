#include "bench/policy_demos.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include "bench/rollout.h"
#include "core/error.h"
#include "core/noise.h"
#include "policies/fused_network.h"

namespace sagbench {
namespace {

// The fastest on the CPU that runs such a policy.
std::unique_ptr<Executor> MakeExecutor(const PolicyDriver& driver) {
  ExecutorParts parts;
  parts.policy = driver.policy;
  parts.sampler = Samplers().Choose(driver.sampler);
  parts.scheduler = Schedulers().Choose(driver.scheduler);
  const bool fits = FusedNetwork::Fits(driver.policy->config);
  return Executors().Choose(fits ? "fused" : "eager").Make(parts);
}

RolloutRequest RecordingRollout(const PolicyDriver& driver) {
  RolloutRequest request;
  request.task = driver.task;
  request.policy = &driver.policy->config;
  request.threads = driver.threads;
  request.record = true;
  return request;
}

constexpr int kFruitlessGroups = 4;

// Up to `count` states of a recorded episode, drawn without repetition.
std::vector<std::vector<double>> DrawStates(const Demonstration& episode, double min_reward,
                                            uint64_t seed, int count) {
  const Rows& states = episode.states;
  CounterRandom random({.run_seed = seed, .purpose = NoisePurpose::kExpert});
  std::vector<size_t> rows;
  for (size_t i = 0; i < states.count(); ++i) {
    const double reward = i == 0 ? 0.0 : episode.rewards[i - 1];
    if (min_reward <= 0.0 || reward >= min_reward) rows.push_back(i);
  }
  std::vector<std::vector<double>> drawn;
  while (!rows.empty() && drawn.size() < static_cast<size_t>(count)) {
    const size_t at = random.Below(static_cast<uint32_t>(rows.size()));
    const double* row = states.values.data() + rows[at] * states.width;
    drawn.emplace_back(row, row + states.width);
    rows.erase(rows.begin() + static_cast<int64_t>(at));
  }
  return drawn;
}

}  // namespace

std::vector<ExpertRequest> VisitedStarts(const PolicyDriver& driver, uint64_t first_seed,
                                         int64_t count, uint64_t choice_seed,
                                         const ProgressSink& progress, int per_episode) {
  const std::unique_ptr<Executor> executor = MakeExecutor(driver);
  const RolloutRequest rollout = RecordingRollout(driver);
  const auto wanted = static_cast<size_t>(count);
  std::vector<ExpertRequest> requests;
  int fruitless = 0;
  for (uint64_t seed = first_seed; requests.size() < wanted;) {
    const size_t before = requests.size();
    const auto missing = (wanted - requests.size() + per_episode - 1) / per_episode;
    std::vector<uint64_t> seeds;
    while (seeds.size() < std::min<size_t>(missing, driver.batch)) seeds.push_back(seed++);
    for (const Episode& episode : RunGroup(rollout, *executor, seeds).episodes) {
      for (auto& state :
           DrawStates(episode.demonstration, driver.min_reward, episode.record.seed, per_episode)) {
        if (requests.size() == wanted) break;
        requests.push_back({.start = StartKind::kState,
                            .seed = first_seed + requests.size(),
                            .choice_seed = choice_seed,
                            .state = std::move(state)});
      }
    }
    fruitless = requests.size() == before ? fruitless + 1 : 0;
    if (fruitless == kFruitlessGroups) {
      throw UsageError("the policy reached no state of reward {} in {} groups of {} episodes",
                       driver.min_reward, fruitless, seeds.size());
    }
    if (progress) {
      progress({.label = "policy's states",
                .unit = "states",
                .done = static_cast<int64_t>(requests.size()),
                .total = count,
                .resumed = 0,
                .note = {}});
    }
  }
  return requests;
}

Actor MakePolicyActor(const PolicyDriver& driver) {
  const std::shared_ptr<Executor> executor = MakeExecutor(driver);
  return [executor, rollout = RecordingRollout(driver)](const ExpertRequest& request) {
    if (request.start != StartKind::kReset) {
      throw UsageError("a policy acts from reset starts alone, not from '{}'",
                       StartName(request.start));
    }
    RolloutRequest own = rollout;
    own.run_seed = request.choice_seed;
    own.threads = 1;
    const auto start = std::chrono::steady_clock::now();
    GroupResult group = RunGroup(own, *executor, {request.seed});
    ExpertResult result;
    result.success = group.episodes.front().record.success;
    result.demonstration = std::move(group.episodes.front().demonstration);
    result.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return result;
  };
}

}  // namespace sagbench
