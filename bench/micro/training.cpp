// Training iterations of push-T's policy at the original's batch (256) and horizon (16), as `train
// policy` runs them: with dropout, as the original trains push-T, or without, as the shipped
// policies were trained. bench/training_rate.py compares with the original's network in PyTorch.
#include <cmath>
#include <thread>

#include <benchmark/benchmark.h>

#include "core/heap.h"
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
  const auto threads = static_cast<int>(std::thread::hardware_concurrency());
  at::set_num_threads(threads);
  KeepFreedMemory();
  const bool dropout = state.range(2) != 0;
  settings.dropout = {.embedding = 0.0, .attention = dropout ? 0.01 : 0.0};
  settings.workers = threads;
  settings.bfloat16 = state.range(0) != 0;
  settings.full_every = state.range(1);
  settings.optimizer.total_steps = 1000000;
  Trainer trainer(RandomPolicy(config, 1), settings, windows, nullptr);
  trainer.Step();  // memory that is kept, kernels that are made
  for (auto _ : state) benchmark::DoNotOptimize(trainer.Step().item<float>());
  state.SetItemsProcessed(state.iterations() * settings.batch);
}
BENCHMARK(TrainingIteration)
    ->ArgNames({"bf16", "full_every", "dropout"})
    ->Args({0, 1, 0})
    ->Args({0, 1, 1})
    ->Args({0, 8, 0})
    ->Args({1, 1, 0})
    ->Args({1, 1, 1})
    ->Iterations(8)  // with --full-every 8, one is full
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace sagbench
