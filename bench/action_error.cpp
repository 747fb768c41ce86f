#include "bench/action_error.h"

#include <algorithm>

#include "core/error.h"
#include "policies/aten.h"

namespace sagbench {

Chunk ActOnRecorded(Executor& executor, const std::vector<at::Tensor>& observations,
                    const PolicyConfig& config, uint64_t seed) {
  if (observations.empty()) throw UsageError("comparing actions needs a recorded observation");
  const size_t count = std::min<size_t>(kRecordedObservations, observations.size());
  const at::Tensor batch = at::stack(std::vector<at::Tensor>(
      observations.begin(), observations.begin() + static_cast<std::ptrdiff_t>(count)));
  std::vector<uint64_t> episodes(count);
  for (size_t i = 0; i < count; ++i) episodes[i] = i;
  return executor.Act(batch, EpisodeNoise(config, seed, episodes, std::vector<uint32_t>(count, 0)));
}

ActionError CompareActions(const Chunk& reference, const Chunk& other) {
  const at::Tensor difference = (other.actions - reference.actions).abs();
  return {.mean_abs = difference.mean().item<double>(), .max_abs = difference.max().item<double>()};
}

}  // namespace sagbench
