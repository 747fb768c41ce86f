// Whole action chunks of push-T's network at batch 1, by executor and plan. `sagbench run` measures
// the same with recorded observations and intervals; this is for work on an executor. Threads: as
// OMP_NUM_THREADS says.
#include <benchmark/benchmark.h>

#include "policies/aten.h"
#include "policies/checkpoint.h"
#include "schedulers/executor.h"

namespace sagbench {
namespace {

const Policy& BenchPolicy() {
  static const Policy policy = RandomPolicy(PolicyConfig{}, 1);  // speed does not depend on weights
  return policy;
}

void ActionChunk(benchmark::State& state, const std::string& executor, const std::string& scheduler,
                 int64_t batch) {
  const Policy& policy = BenchPolicy();
  const std::unique_ptr<Executor> made =
      Executors().Choose(executor).Make({.policy = &policy,
                                         .sampler = Samplers().Choose("ddpm"),
                                         .scheduler = Schedulers().Choose(scheduler)});
  const PolicyConfig& c = policy.config;
  const at::Tensor observations = at::randn({batch, c.observation_steps, c.observation_size});
  std::vector<uint64_t> episodes(static_cast<size_t>(batch));
  const NoiseSource noise =
      EpisodeNoise(c, 1, episodes, std::vector<uint32_t>(static_cast<size_t>(batch)));
  Chunk chunk;
  for (auto _ : state) chunk = made->Act(observations, noise);
  state.counters["GFLOP"] = chunk.rows.front().flops * 1e-9;
  state.counters["encode_ms"] = chunk.times.encode;
  state.counters["denoise_ms"] = chunk.times.denoise;
}

const bool kRegistered = [] {
  for (const std::string executor : {"reference", "eager", "fused", "fused:precision=bf16"}) {
    for (const std::string scheduler : {"dense", "late:rate=0.9", "random:rate=0.9"}) {
      for (const int64_t batch : {1, 25}) {
        const std::string name = executor + "/" + scheduler + "/batch:" + std::to_string(batch);
        benchmark::RegisterBenchmark(name.c_str(), ActionChunk, executor, scheduler, batch)
            ->UseRealTime()
            ->MeasureProcessCPUTime()
            ->Unit(benchmark::kMillisecond);
      }
    }
  }
  return true;
}();

}  // namespace
}  // namespace sagbench
