#include "schedulers/l2c_router.h"

#include <utility>

#include "core/error.h"
#include "policies/aten.h"
#include "policies/denoiser.h"
#include "policies/optimizer.h"

namespace sagbench {

L2cRouter::L2cRouter(const DpTransformer& network, L2cChains chains, const L2cSettings& settings)
    : network_(network),
      chains_(std::move(chains)),
      settings_(settings),
      random_({.run_seed = settings.seed, .purpose = NoisePurpose::kTraining}) {
  const auto pairs = static_cast<int64_t>(chains_.timesteps.size() / 2);
  if (pairs == 0) throw UsageError("l2c reuses every second step, and the sampler has only one");
  beta_ =
      at::zeros({pairs, int64_t{kBlockKinds} * network.config().layers}).set_requires_grad(true);
  first_ = at::zeros(beta_.sizes());
  second_ = at::zeros(beta_.sizes());
}

at::Tensor L2cRouter::Probabilities() const {
  return beta_.detach().sigmoid();
}

at::Tensor L2cRouter::Residual(int block, const at::Tensor& stream,
                               const at::Tensor& memory) const {
  const int layer = block / kBlockKinds;
  if (block % kBlockKinds == 0) return network_.SelfAttention(layer, stream);
  if (block % kBlockKinds == 1) return network_.CrossAttention(layer, stream, memory);
  return network_.FeedForward(layer, stream);
}

// Row i of the batch is pair i at a chain of its own.
L2cIteration L2cRouter::Step() {
  const int64_t pairs = beta_.size(0), blocks = beta_.size(1);
  std::vector<int64_t> first_times, second_times;
  std::vector<at::Tensor> observations, first_samples, second_samples;
  for (int64_t pair = 0; pair < pairs; ++pair) {
    const int64_t chain = random_.Below(static_cast<uint32_t>(chains_.samples.size(0)));
    observations.push_back(chains_.observations[chain]);
    first_samples.push_back(chains_.samples[chain][2 * pair]);
    second_samples.push_back(chains_.samples[chain][2 * pair + 1]);
    first_times.push_back(chains_.timesteps[2 * pair]);
    second_times.push_back(chains_.timesteps[2 * pair + 1]);
  }
  const at::Tensor seen = at::stack(observations), sample = at::stack(second_samples);
  std::vector<at::Tensor> cached;
  at::Tensor memory, full;
  {
    const at::NoGradGuard no_grad;
    memory = network_.Memory(at::tensor(first_times), seen);
    at::Tensor stream = network_.Embed(at::stack(first_samples));
    for (int block = 0; block < blocks; ++block) {
      cached.push_back(Residual(block, stream, memory));
      stream = stream + cached.back();
    }
    memory = network_.Memory(at::tensor(second_times), seen);
    full = network_.Embed(sample);
    for (int block = 0; block < blocks; ++block) full = full + Residual(block, full, memory);
    full = network_.Head(full);
  }
  const at::Tensor probabilities = beta_.sigmoid();
  at::Tensor stream = network_.Embed(sample);
  for (int block = 0; block < blocks; ++block) {
    const at::Tensor p = probabilities.select(1, block).view({-1, 1, 1});
    stream = stream + p * Residual(block, stream, memory) + (1.0 - p) * cached[block];
  }
  const at::Tensor error = (network_.Head(stream) - full).square().mean({1, 2});
  // Summed over pairs: each has its own router.
  (error.sum() + settings_.penalty * probabilities.sum()).backward();
  Update();
  return {.error = error.mean().item<double>(), .kept = probabilities.mean().item<double>()};
}

void L2cRouter::Update() {
  const at::NoGradGuard no_grad;
  AdamStep(beta_, beta_.grad(), settings_.learning_rate, ++iteration_, first_, second_);
  beta_.mutable_grad().reset();
}

}  // namespace sagbench
