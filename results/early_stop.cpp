#include "results/early_stop.h"

#include <algorithm>
#include <map>

#include "results/sequential.h"

namespace sagbench {
namespace {

// The episodes of whole groups.
std::vector<EpisodeRecord> WholeGroups(const Manifest& manifest, size_t row, const RunData& run) {
  const auto group_of = [&](const EpisodeRecord& episode) {
    return static_cast<int64_t>(episode.seed - run.identity.seed) / manifest.batch;
  };
  std::map<int64_t, int64_t> sizes;
  for (const EpisodeRecord& episode : run.episodes) ++sizes[group_of(episode)];
  std::vector<EpisodeRecord> whole;
  for (const EpisodeRecord& episode : run.episodes) {
    const int64_t first = group_of(episode) * manifest.batch;
    const int64_t planned = std::min(manifest.batch, manifest.rows[row].episodes - first);
    if (sizes[group_of(episode)] >= planned) whole.push_back(episode);
  }
  return whole;
}

}  // namespace

std::vector<bool> Decided(const Manifest& manifest, const std::vector<const RunData*>& runs) {
  std::vector<std::vector<EpisodeRecord>> episodes;
  for (size_t i = 0; i < runs.size(); ++i) episodes.push_back(WholeGroups(manifest, i, *runs[i]));
  std::vector<bool> decided(runs.size(), false);
  for (size_t base = 0; base < runs.size(); ++base) {
    const RunIdentity& baseline = runs[base]->identity;
    if (!IsBaseline(baseline)) continue;
    bool all = true, any = false;
    for (size_t i = 0; i < runs.size(); ++i) {
      if (i == base || !IsComparable(runs[i]->identity, baseline)) continue;
      const PairedOutcomes outcomes = PairEpisodes(episodes[i], episodes[base]);
      decided[i] = SequentialVerdict(outcomes, manifest.margin) != Verdict::kInconclusive;
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
