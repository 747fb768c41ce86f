#include "results/take.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "core/error.h"

namespace sagbench {
namespace {

// The groups of a row: first and count.
std::vector<std::pair<int64_t, int64_t>> GroupsOf(const Manifest& manifest, size_t row) {
  std::vector<std::pair<int64_t, int64_t>> groups;
  for (const WorkItem& item : WorkItems(manifest)) {
    if (item.row == row) groups.emplace_back(item.first, item.count);
  }
  return groups;
}

// The episodes of a group, if all of them are there.
std::optional<std::vector<EpisodeRecord>> Group(const std::map<uint64_t, EpisodeRecord>& episodes,
                                                uint64_t seed, int64_t count) {
  std::vector<EpisodeRecord> group;
  for (int64_t i = 0; i < count; ++i) {
    const auto found = episodes.find(seed + static_cast<uint64_t>(i));
    if (found == episodes.end()) return {};
    group.push_back(found->second);
  }
  return group;
}

}  // namespace

Taken TakeFrom(const RunFolder& there, const std::string& name, const Manifest& here) {
  Manifest settings_there = there.manifest, settings_here = here;
  settings_there.rows.clear();
  settings_here.rows.clear();
  const std::vector<std::string> differences = Differences(settings_there, settings_here);
  if (!differences.empty()) {
    throw UsageError("nothing can be taken from '{}': it differs in {}", name,
                     DescribeDifferences(differences));
  }
  Taken taken{.episodes = {}, .observations = there.observations};
  bool shared = false;
  for (size_t row = 0; row < here.rows.size(); ++row) {
    const auto same =
        std::find_if(there.manifest.rows.begin(), there.manifest.rows.end(),
                     [&](const PlannedRow& other) { return IsSameRow(other, here.rows[row]); });
    if (same == there.manifest.rows.end()) continue;
    shared = true;
    const auto other = static_cast<size_t>(same - there.manifest.rows.begin());
    const auto groups = GroupsOf(there.manifest, other);
    std::map<uint64_t, EpisodeRecord> episodes;
    for (const EpisodeRecord& episode : there.runs[other].episodes) {
      episodes.emplace(episode.seed, episode);
    }
    for (const auto& group : GroupsOf(here, row)) {
      if (std::find(groups.begin(), groups.end(), group) == groups.end()) continue;
      const uint64_t seed = here.rows[row].identity.seed + static_cast<uint64_t>(group.first);
      if (auto found = Group(episodes, seed, group.second)) {
        for (EpisodeRecord& episode : *found) taken.episodes.emplace_back(row, std::move(episode));
      }
    }
  }
  if (!shared) throw UsageError("nothing can be taken from '{}': it has none of these rows", name);
  return taken;
}

}  // namespace sagbench
