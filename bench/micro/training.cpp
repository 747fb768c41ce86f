// One training iteration of push-T's policy at the original's batch (256) and horizon (16), as
// `train policy` runs it; bench/training_rate.py compares it with the original's network in
// PyTorch.
#include <cmath>

#include <benchmark/benchmark.h>

#include "policies/aten.h"
#include "policies/trainer.h"

namespace sagbench {
namespace {

constexpr size_t kRows = 400;  // of an episode; their values do not change the speed

DemonstrationFile SmoothDemonstrations(const PolicyConfig& config) {
  DemonstrationFile file;
  for (size_t episode = 0; episode < 4; ++episode) {
    Demonstration demonstration;
    const auto fill = [&](Rows& rows, int width) {
      rows.width = static_cast<size_t>(width);
      for (size_t i = 0; i < kRows * rows.width; ++i) {
        rows.values.push_back(std::sin(0.01 * static_cast<double>(i * (episode + 1))));
      }
    };
    fill(demonstration.actions, config.action_size);
    fill(demonstration.observations[config.observation_keys.front()], config.observation_size);
    file.demonstrations.push_back(std::move(demonstration));
    file.train.push_back(episode);
  }
  return file;
}

void TrainingIteration(benchmark::State& state) {
  PolicyConfig config;
  config.observation_keys = {"all"};
  const DemonstrationFile file = SmoothDemonstrations(config);
  const WindowDataset windows(config, file, file.train, config.action_steps - 1);
  TrainSettings settings;
  settings.dropout = {.embedding = 0.0, .attention = 0.0};
  settings.workers = at::get_num_threads();
  settings.bfloat16 = state.range(0) != 0;
  settings.full_every = state.range(1);
  settings.optimizer.total_steps = 1000000;
  Trainer trainer(RandomPolicy(config, 1), settings, windows, nullptr);
  for (auto _ : state) benchmark::DoNotOptimize(trainer.Step().item<float>());
  state.SetItemsProcessed(state.iterations() * settings.batch);
}
BENCHMARK(TrainingIteration)
    ->ArgNames({"bf16", "full_every"})
    ->Args({0, 1})
    ->Args({0, 8})
    ->Args({1, 1})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace sagbench
