#include "schedulers/executor.h"

#include <utility>

#include "policies/aten.h"

namespace sagbench {

ExecutorRegistry& Executors() {
  static ExecutorRegistry registry("executor");
  return registry;
}

std::unique_ptr<Sampler> ExecutorParts::MakeSampler() const {
  return sampler.Make(NoiseSchedule(policy->config.train_steps));
}

std::unique_ptr<Scheduler> ExecutorParts::MakeScheduler() const {
  return scheduler.Make(
      {.policy = policy, .sampler = sampler, .device = device, .weights_sha256 = scheduler_sha256});
}

NoiseSource EpisodeNoise(const PolicyConfig& config, uint64_t run_seed,
                         std::vector<uint64_t> episodes, std::vector<uint32_t> replans,
                         NoisePurpose purpose) {
  return [=](uint32_t step) {
    const auto row_size = static_cast<size_t>(config.horizon) * config.action_size;
    at::Tensor noise = at::empty(
        {static_cast<int64_t>(episodes.size()), config.horizon, config.action_size}, at::kFloat);
    for (size_t row = 0; row < episodes.size(); ++row) {
      FillNormal({.run_seed = run_seed,
                  .episode = episodes[row],
                  .replan = replans[row],
                  .step = step,
                  .purpose = purpose},
                 {noise.data_ptr<float>() + row * row_size, row_size});
    }
    return noise;
  };
}

}  // namespace sagbench
