#include "results/take.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "core/error.h"

namespace sagbench {
namespace {

void RefuseOtherSettings(const Manifest& there, const std::string& name, const Manifest& here) {
  Manifest settings_there = there, settings_here = here;
  settings_there.rows.clear();
  settings_here.rows.clear();
  const std::vector<std::string> differences = Differences(settings_there, settings_here);
  if (differences.empty()) return;
  throw UsageError("nothing can be taken from '{}': it differs in {}", name,
                   DescribeDifferences(differences));
}

// By row of `here`, where `there` has the same.
std::vector<std::optional<size_t>> SameRows(const Manifest& there, const Manifest& here) {
  std::vector<std::optional<size_t>> same;
  for (const PlannedRow& row : here.rows) {
    const auto found = std::find_if(there.rows.begin(), there.rows.end(),
                                    [&](const PlannedRow& other) { return IsSameRow(other, row); });
    same.emplace_back();
    if (found != there.rows.end()) same.back() = static_cast<size_t>(found - there.rows.begin());
  }
  return same;
}

}  // namespace

Taken TakeFrom(const RunFolder& there, const std::string& name, const Manifest& here) {
  RefuseOtherSettings(there.manifest, name, here);
  const std::vector<std::optional<size_t>> same = SameRows(there.manifest, here);
  if (std::none_of(same.begin(), same.end(), [](const auto& row) { return row.has_value(); })) {
    throw UsageError("nothing can be taken from '{}': it has none of these rows", name);
  }
  std::vector<std::map<uint64_t, const EpisodeRecord*>> known(there.runs.size());  // by seed
  for (size_t row = 0; row < there.runs.size(); ++row) {
    for (const EpisodeRecord& episode : there.runs[row].episodes) {
      known[row].emplace(episode.seed, &episode);
    }
  }
  Taken taken{.episodes = {}, .observations = there.observations};
  for (const WorkItem& item : WorkItems(here)) {
    if (!same[item.row]) continue;
    const int64_t left = there.manifest.rows[*same[item.row]].episodes - item.first;
    if (item.count != std::min(left, here.batch)) continue;  // groups of other sizes
    std::vector<const EpisodeRecord*> group;
    for (int64_t i = item.first; i < item.first + item.count; ++i) {
      const auto& episodes = known[*same[item.row]];
      const auto found =
          episodes.find(here.rows[item.row].identity.seed + static_cast<uint64_t>(i));
      if (found != episodes.end()) group.push_back(found->second);
    }
    if (static_cast<int64_t>(group.size()) < item.count) continue;  // a torn one
    for (const EpisodeRecord* episode : group) taken.episodes.emplace_back(item.row, *episode);
  }
  return taken;
}

}  // namespace sagbench
