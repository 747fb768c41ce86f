// Where an eager chunk's time goes, operator by operator, and what the machine could do: see
// bench/PROFILE.md. Threads: as OMP_NUM_THREADS says; the limits are those of one thread.
#include <chrono>
#include <map>

#include <ATen/record_function.h>
#include <benchmark/benchmark.h>
#include <c10/core/InferenceMode.h>

#include "core/spin_team.h"
#include "policies/aten.h"
#include "policies/checkpoint.h"
#include "policies/packed_matrix.h"
#include "schedulers/executor.h"
#include "schedulers/packed_pruner.h"

namespace sagbench {
namespace {

using Clock = std::chrono::steady_clock;

// Time spent in each operator itself, without those that it calls.
struct OperatorTimes {
  std::map<std::string, double> ms;
  int64_t calls = 0;
  std::vector<double> inner_ms{0.0};  // of the operators that are running, by depth
};
OperatorTimes* running = nullptr;

struct OperatorStart : at::ObserverContext {
  Clock::time_point at = Clock::now();
};

std::unique_ptr<at::ObserverContext> StartOperator(const at::RecordFunction&) {
  running->inner_ms.push_back(0.0);
  return std::make_unique<OperatorStart>();
}

void EndOperator(const at::RecordFunction& function, at::ObserverContext* context) {
  const Clock::time_point start = static_cast<OperatorStart*>(context)->at;
  const double ms = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
  running->ms[function.name()] += ms - running->inner_ms.back();
  running->inner_ms.pop_back();
  running->inner_ms.back() += ms;
  ++running->calls;
}

// Counters: milliseconds a chunk in operators, in phases, and in all; operators called.
void EagerOperators(benchmark::State& state, const std::string& scheduler) {
  const Policy policy = RandomPolicy(PolicyConfig{}, 1);
  const PolicyConfig& c = policy.config;
  const std::unique_ptr<Executor> executor =
      Executors().Choose("eager").Make({.policy = &policy,
                                        .sampler = Samplers().Choose("ddpm"),
                                        .scheduler = Schedulers().Choose(scheduler)});
  const at::Tensor observations = at::randn({1, c.observation_steps, c.observation_size});
  const NoiseSource noise = EpisodeNoise(c, 1, {0}, {0});
  OperatorTimes times;
  running = &times;
  const at::CallbackHandle handle = at::addThreadLocalCallback(
      at::RecordFunctionCallback(StartOperator, EndOperator).scopes({at::RecordScope::FUNCTION}));
  PhaseTimes phases;
  for (auto _ : state) {
    const Chunk chunk = executor->Act(observations, noise);
    phases.encode += chunk.times.encode;
    phases.denoise += chunk.times.denoise;
    phases.sampler += chunk.times.sampler;
  }
  at::removeCallback(handle);
  running = nullptr;
  const auto rate = [&](double total) {
    return benchmark::Counter(total, benchmark::Counter::kAvgIterations);
  };
  for (const auto& [name, ms] : times.ms) state.counters[name] = rate(ms);
  state.counters["operators called"] = rate(static_cast<double>(times.calls));
  state.counters["phase encode"] = rate(phases.encode);
  state.counters["phase denoise"] = rate(phases.denoise);
  state.counters["phase sampler"] = rate(phases.sampler);
}
BENCHMARK_CAPTURE(EagerOperators, dense, "dense")->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(EagerOperators, late, "late:rate=0.9")
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

// The matrix products of one denoising step on so many rows (9 of push-T's tokens reach an executed
// action, 16 is its horizon): each layer's weights once, 29 MB.
struct StepProducts {
  explicit StepProducts(int64_t rows) : input(at::randn({rows, 1024})) {
    for (int layer = 0; layer < 8; ++layer) {
      for (const auto& [inner, out] : std::vector<std::pair<int64_t, int64_t>>{
               {256, 768}, {256, 256}, {256, 256}, {256, 256}, {256, 1024}, {1024, 256}}) {
        weights.push_back(at::randn({out, inner}));
        biases.push_back(at::randn({out}));
        flops += 2.0 * static_cast<double>(rows * inner * out);
      }
    }
  }

  void Report(benchmark::State& state) const {
    state.counters["FLOP/s"] =
        benchmark::Counter(flops, benchmark::Counter::kIsIterationInvariantRate);
  }

  std::vector<at::Tensor> weights, biases;
  const at::Tensor input;
  double flops = 0.0;
};

void StepInLibTorch(benchmark::State& state) {
  const c10::InferenceMode inference;
  const StepProducts products(state.range(0));
  const int before = at::get_num_threads();
  at::set_num_threads(1);
  std::vector<at::Tensor> columns;
  for (const at::Tensor& weight : products.weights) columns.push_back(weight.t().contiguous());
  for (auto _ : state) {
    for (size_t i = 0; i < columns.size(); ++i) {
      const at::Tensor rows = products.input.narrow(1, 0, columns[i].size(0));
      benchmark::DoNotOptimize(at::addmm(products.biases[i], rows, columns[i]));
    }
  }
  at::set_num_threads(before);
  products.Report(state);
}
BENCHMARK(StepInLibTorch)->Arg(9)->Arg(16)->Unit(benchmark::kMillisecond);

void StepInKernels(benchmark::State& state, const Kernels& kernels, Factors factors) {
  const StepProducts products(state.range(0));
  PanelMemory memory;
  std::vector<PanelWeights> packed;
  for (size_t i = 0; i < products.weights.size(); ++i) {
    packed.push_back(Pack(products.weights[i], products.biases[i], factors, memory));
  }
  const auto rows = static_cast<int>(state.range(0));
  const FloatBuffer output(static_cast<size_t>(rows) * 1024);
  for (auto _ : state) {
    for (size_t i = 0; i < packed.size(); ++i) {
      kernels.multiply(packed[i], 0, PanelsOf(products.weights[i].size(0)),
                       {.input = products.input.data_ptr<float>(),
                        .input_stride = 1024,
                        .rows = rows,
                        .output = output.data(),
                        .output_stride = 1024});
    }
  }
  products.Report(state);
}
BENCHMARK_CAPTURE(StepInKernels, best_float32, BestKernels(), Factors::kFloat32)
    ->Arg(9)
    ->Arg(16)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(StepInKernels, best_bf16, BestKernels(), Factors::kBfloat16)
    ->Arg(9)
    ->Arg(16)
    ->Unit(benchmark::kMillisecond);
// As on processors without AVX-512's units for it.
BENCHMARK_CAPTURE(StepInKernels, avx2_bf16,
                  Avx2Kernels() != nullptr ? *Avx2Kernels() : PortableKernels(), Factors::kBfloat16)
    ->Arg(9)
    ->Arg(16)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(StepInKernels, portable, PortableKernels(), Factors::kFloat32)
    ->Arg(9)
    ->Unit(benchmark::kMillisecond);

// One small matrix again and again, from the cache: the arithmetic's limit.
void HotProduct(benchmark::State& state) {
  PanelMemory memory;
  const PanelWeights packed =
      Pack(at::randn({16, 256}), at::randn({16}), Factors::kFloat32, memory);
  const at::Tensor input = at::randn({9, 256});
  const FloatBuffer output(9 * 16);
  for (auto _ : state) {
    BestKernels().multiply(packed, 0, 1,
                           {.input = input.data_ptr<float>(),
                            .input_stride = 256,
                            .rows = 9,
                            .output = output.data(),
                            .output_stride = 16});
  }
  state.counters["FLOP/s"] =
      benchmark::Counter(2.0 * 9 * 256 * 16, benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(HotProduct);

// Reads as many bytes as a step's weights have.
void ReadWeights(benchmark::State& state) {
  constexpr int kFloats = 8 * 14 * 256 * 256;
  const FloatBuffer weights(kFloats);
  FloatBuffer sums(4096);
  for (auto _ : state) {
    for (int at = 0; at < kFloats; at += 4096) {
      BestKernels().add(weights.data() + at, 1.0F, sums.data(), 4096);
    }
  }
  state.SetBytesProcessed(state.iterations() * kFloats * int64_t{sizeof(float)});
}
BENCHMARK(ReadWeights)->Unit(benchmark::kMillisecond);

// The pruner of push-T under DDPM-100 on one observation, shared by so many threads; and the plan
// that comes of its logits.
void PrunerLogits(benchmark::State& state) {
  const c10::InferenceMode inference;
  const PrunerShape shape{.reuse = Reuse::kBlock, .hold = Hold::kClean};
  const PrunerWeights weights = InitialPruner(shape, 0.9, 0.0, 1);
  PackedPruner pruner(shape, weights, SagPruner(shape, weights).CellTable());
  const at::Tensor observation = at::randn({1, 2, shape.observation_size / 2});
  SpinTeam team(static_cast<int>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(pruner.Logits(observation, &team));
}
BENCHMARK(PrunerLogits)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMicrosecond);

void PlanOfLogits(benchmark::State& state) {
  const c10::InferenceMode inference;
  const PrunerShape shape{.reuse = Reuse::kBlock, .hold = Hold::kClean};
  const at::Tensor logits = InitialPruner(shape, 0.9, 0.0, 1).table;
  for (auto _ : state) {
    benchmark::DoNotOptimize(PlanFromLogits(logits, shape.reuse, shape.hold));
  }
}
BENCHMARK(PlanOfLogits)->Unit(benchmark::kMicrosecond);

// Members of a team meet 1000 times.
void ThousandMeetings(benchmark::State& state) {
  SpinTeam team(static_cast<int>(state.range(0)));
  for (auto _ : state) {
    team.Run([](const TeamMember& member) {
      for (int i = 0; i < 1000; ++i) member.Wait();
    });
  }
}
BENCHMARK(ThousandMeetings)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace sagbench
