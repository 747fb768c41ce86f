// The denoising step, each kind of block, and the sampler step, batch 1, push-T's network.
#include <benchmark/benchmark.h>
#include <c10/core/InferenceMode.h>

#include "policies/aten.h"
#include "policies/checkpoint.h"
#include "policies/denoiser.h"
#include "policies/sampler.h"

namespace sagbench {
namespace {

// A network with fresh weights: its speed does not depend on them. As the executors run it:
// "reference" all tokens, the other those that reach an executed action.
struct Bench {
  explicit Bench(bool reference)
      : policy(RandomPolicy(PolicyConfig{}, 1)),
        network(policy.config, policy.weights),
        denoiser(reference ? MakeReferenceDenoiser(network)
                           : MakeCachedDenoiser(network.Prefix(policy.config.executed_tokens()))),
        sample(at::randn({1, reference ? policy.config.horizon : policy.config.executed_tokens(),
                          policy.config.action_size})),
        encoded(denoiser->Encode(at::randn({1, 2, policy.config.observation_size}))) {}

  c10::InferenceMode inference;
  Policy policy;
  DpTransformer network;
  std::unique_ptr<Denoiser> denoiser;
  at::Tensor sample;
  Encoded encoded;
};

void DenoisingStep(benchmark::State& state) {
  const Bench bench(state.range(0) != 0);
  for (auto _ : state) {
    StepState step = bench.denoiser->Begin(bench.sample, 50, bench.encoded);
    for (int block = 0; block < static_cast<int>(bench.denoiser->blocks().size()); ++block) {
      step.stream.add_(bench.denoiser->Residual(block, step.stream, step, {}));
    }
    benchmark::DoNotOptimize(bench.denoiser->Finish(step.stream));
  }
}
BENCHMARK(DenoisingStep)->ArgName("reference")->Arg(0)->Arg(1)->UseRealTime();

// Blocks 0, 1, 2 are self-attention, cross-attention and feed-forward of the first layer.
void Block(benchmark::State& state) {
  const Bench bench(state.range(1) != 0);
  const StepState step = bench.denoiser->Begin(bench.sample, 50, bench.encoded);
  const auto block = static_cast<int>(state.range(0));
  state.SetLabel(BlockKindName(bench.denoiser->blocks()[block].kind));
  for (auto _ : state) {
    benchmark::DoNotOptimize(bench.denoiser->Residual(block, step.stream, step, {}));
  }
}
BENCHMARK(Block)->ArgNames({"block", "reference"})->ArgsProduct({{0, 1, 2}, {0, 1}})->UseRealTime();

void SamplerStep(benchmark::State& state) {
  const c10::InferenceMode inference;
  const char* name = state.range(0) == 0 ? "ddpm" : "ddim";
  state.SetLabel(name);
  const std::unique_ptr<Sampler> sampler = Samplers().Choose(name).Make(NoiseSchedule(100));
  const at::Tensor sample = at::randn({1, 16, 2});
  const at::Tensor predicted = at::randn({1, 16, 2});
  for (auto _ : state) {
    benchmark::DoNotOptimize(sampler->Step(50, sample, predicted, predicted));
  }
}
BENCHMARK(SamplerStep)->Arg(0)->Arg(1)->UseRealTime();

}  // namespace
}  // namespace sagbench
