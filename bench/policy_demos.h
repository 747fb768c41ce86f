#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bench/collect.h"
#include "policies/checkpoint.h"
#include "schedulers/executor.h"
#include "tasks/task.h"

namespace sagbench {

// A policy that drives a task, for data: which states it reaches, or the episodes themselves.
struct PolicyDriver {
  const Policy* policy = nullptr;  // outlives the driver
  TaskRegistry::Choice task;       // as ChooseTaskFor gives it
  std::string sampler = "ddim:steps=16";
  std::string scheduler = "dense";
  int threads = 1;
  int64_t batch = 25;  // episodes driven together by VisitedStarts
  // VisitedStarts draws states among those whose reward (of the step that led there) reaches it.
  double min_reward = 0.0;
};

// `count` expert requests from states that the policy reached on seeds first_seed, first_seed + 1,
// ...: of each of its episodes `per_episode` states, drawn at random by the seed. Checks for
// interruption. Throws Error (usage) if four groups in a row reach no state of the wanted reward.
std::vector<ExpertRequest> VisitedStarts(const PolicyDriver& driver, uint64_t first_seed,
                                         int64_t count, uint64_t choice_seed,
                                         const ProgressSink& progress, int per_episode = 8);

// An actor for Collect that runs the policy from reset starts; throws Error (usage) on other
// starts.
Actor MakePolicyActor(const PolicyDriver& driver);

}  // namespace sagbench
