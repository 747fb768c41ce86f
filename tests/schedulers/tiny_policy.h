#pragma once

#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "policies/checkpoint.h"
#include "policies/denoiser.h"
#include "schedulers/executor.h"
#include "tests/policies/max_difference.h"

namespace sagbench {

// A small push-T policy, and what tests run it with.

// By how much actions of the tiny policy may differ between ways to compute the same plan.
constexpr double kRounding = 1e-4;

inline PolicyConfig TinyConfig() {
  PolicyConfig config;
  config.observation_keys = {"keypoints", "agent_pos"};
  config.layers = 2;
  config.width = 32;
  return config;
}

// Weights large enough that every residual matters (much larger ones, and denoising amplifies
// rounding beyond what the tests allow); observations and actions in pixels.
inline Policy TinyPolicy(uint64_t seed = 1, const PolicyConfig& config = TinyConfig()) {
  Policy policy = RandomPolicy(config, seed);
  for (NamedParameter& parameter : NamedParameters(policy.config, policy.weights)) {
    const bool scaled = parameter.kind == ParameterKind::kLinearWeight ||
                        parameter.kind == ParameterKind::kPosition;
    if (scaled) parameter.tensor->mul_(4.0);
  }
  policy.observation_normalizer.scale.fill_(1.0 / 256.0);
  policy.observation_normalizer.offset.fill_(-1.0);
  policy.action_normalizer.scale.fill_(1.0 / 256.0);
  policy.action_normalizer.offset.fill_(-1.0);
  return policy;
}

// Made-up observations [rows, To, obs] in pixels; row i is the same in every batch.
inline at::Tensor SampleObservations(PolicyConfig config, std::vector<uint64_t> rows) {
  config.horizon = config.observation_steps;
  config.action_size = config.observation_size;
  const std::vector<uint32_t> replans(rows.size(), 0);
  const NoiseSource normal = EpisodeNoise(config, 77, std::move(rows), replans);
  return normal(0).mul_(80.0).add_(256.0);
}

// Rows 0..count-1.
inline std::vector<uint64_t> FirstRows(size_t count) {
  std::vector<uint64_t> rows(count);
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

inline NoiseSource SampleNoise(const PolicyConfig& config, std::vector<uint64_t> rows) {
  const std::vector<uint32_t> replans(rows.size(), 3);
  return EpisodeNoise(config, 5, std::move(rows), replans);
}

inline std::unique_ptr<Executor> MakeExecutor(const Policy& policy, const std::string& sampler,
                                              const std::string& scheduler,
                                              const std::string& executor = "eager") {
  return Executors().Choose(executor).Make({.policy = &policy,
                                            .sampler = Samplers().Choose(sampler),
                                            .scheduler = Schedulers().Choose(scheduler)});
}

// A chunk for the rows named, from a fresh executor.
inline Chunk ActOnce(const Policy& policy, const std::string& sampler, const std::string& scheduler,
                     const std::vector<uint64_t>& rows, const std::string& executor = "eager") {
  return MakeExecutor(policy, sampler, scheduler, executor)
      ->Act(SampleObservations(policy.config, rows), SampleNoise(policy.config, rows));
}

// What a scheduler, named with its knobs, plans for some rows under a sampler.
inline std::vector<Plan> PlansOf(const Policy& policy, const std::string& sampler,
                                 const std::string& scheduler,
                                 const std::vector<uint64_t>& rows = {0}) {
  const SamplerRegistry::Choice chosen = Samplers().Choose(sampler);
  const std::unique_ptr<Sampler> steps = chosen.Make(NoiseSchedule(policy.config.train_steps));
  const std::unique_ptr<Denoiser> denoiser =
      MakeCachedDenoiser(DpTransformer(policy.config, policy.weights));
  return Schedulers()
      .Choose(scheduler)
      .Make({.policy = &policy, .sampler = chosen})
      ->MakePlan({.timesteps = steps->timesteps(),
                  .blocks = denoiser->blocks(),
                  .observations = policy.observation_normalizer.Normalize(
                      SampleObservations(policy.config, rows))});
}

// A registered scheduler with some knobs ("interval=3", or none), as it runs without trained files.
inline std::string Untrained(const std::string& name, std::string knobs = "") {
  const std::string& untrained = Schedulers().Choose(name).entry->untrained;
  if (!untrained.empty()) knobs += (knobs.empty() ? "" : ",") + untrained;
  return knobs.empty() ? name : name + ":" + knobs;
}

template <class Entries>
std::vector<std::string> NamesOf(const Entries& entries) {
  std::vector<std::string> names;
  for (const auto& entry : entries) names.push_back(entry.name);
  return names;
}

}  // namespace sagbench
