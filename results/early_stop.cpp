#include "results/early_stop.h"

#include "results/sequential.h"

namespace sagbench {

std::vector<bool> Decided(const std::vector<const RunData*>& runs, double margin) {
  std::vector<bool> decided(runs.size(), false);
  for (size_t base = 0; base < runs.size(); ++base) {
    const RunData& baseline = *runs[base];
    if (!IsBaseline(baseline.identity)) continue;
    bool all = true, any = false;
    for (size_t i = 0; i < runs.size(); ++i) {
      if (i == base || !IsComparable(runs[i]->identity, baseline.identity)) continue;
      const PairedOutcomes outcomes = PairEpisodes(runs[i]->episodes, baseline.episodes);
      decided[i] = SequentialVerdict(outcomes, margin) != Verdict::kInconclusive;
      all = all && decided[i];
      any = true;
    }
    decided[base] = any && all;
  }
  return decided;
}

bool IsEnough(const LatencyPlan& plan, const LatencySamples& samples) {
  return static_cast<int64_t>(samples.ms.size()) >= plan.samples ||
         (plan.within && MedianIsWithin(samples.ms, *plan.within));
}

}  // namespace sagbench
