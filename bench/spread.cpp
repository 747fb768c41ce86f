#include "bench/spread.h"

#include <algorithm>
#include <numeric>

#include "core/error.h"
#include "core/interrupt.h"
#include "policies/aten.h"

namespace sagbench {

double MeasureSpread(Executor& executor, const std::vector<at::Tensor>& observations,
                     const PolicyConfig& config, uint64_t seed) {
  if (observations.empty()) throw UsageError("the spread needs a recorded observation");
  const size_t count = std::min(kSpreadObservations, observations.size());
  double sum = 0.0;
  for (size_t i = 0; i < count; ++i) {
    ThrowIfInterrupted();
    std::vector<uint64_t> draws(kSpreadDraws);
    std::iota(draws.begin(), draws.end(), i * kSpreadDraws);
    const NoiseSource noise = EpisodeNoise(
        config, seed, draws, std::vector<uint32_t>(draws.size(), 0), NoisePurpose::kSpread);
    const at::Tensor same = observations[i].unsqueeze(0).expand({kSpreadDraws, -1, -1});
    const at::Tensor executed =
        executor.Act(same.contiguous(), noise)
            .trajectory.narrow(1, config.observation_steps - 1, config.action_steps);
    sum += executed.std(at::IntArrayRef{0}, /*unbiased=*/false).mean().item<double>();
  }
  return sum / static_cast<double>(count);
}

}  // namespace sagbench
