#include "results/take.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>

#include "core/error.h"
#include "results/same_episode.h"

namespace sagbench {
namespace {

void RefuseOtherSettings(const Manifest& there, const std::string& name, const Manifest& here) {
  Manifest settings_there = there, settings_here = here;
  settings_there.rows.clear();
  settings_here.rows.clear();
  settings_there.context.commit = settings_here.context.commit;
  settings_there.context.versions["sagbench"] = settings_here.context.versions["sagbench"];
  const std::vector<std::string> differences = Differences(settings_there, settings_here);
  if (differences.empty()) return;
  throw UsageError("nothing can be taken from '{}': it differs in {}", name,
                   DescribeDifferences(differences));
}

// Either build may have knobs that the other does not know; last bits, which are all that the
// number of threads may change, are seen when the first group is checked.
bool IsSameRowOfBuilds(PlannedRow one, PlannedRow other) {
  std::map<std::string, std::string>& params = one.identity.params;
  std::map<std::string, std::string>& others = other.identity.params;
  params.erase("threads");
  std::erase_if(params, [&](const auto& param) { return !others.contains(param.first); });
  std::erase_if(others, [&](const auto& param) { return !params.contains(param.first); });
  return IsSameRow(one, other);
}

// Where `there` has a row of `here`; `exact`: the same build with the same number of threads would
// compute the same bits.
struct SameRow {
  size_t index = 0;
  bool exact = false;
};

// By row of `here`.
std::vector<std::optional<SameRow>> SameRows(const Manifest& there, const Manifest& here,
                                             bool same_build) {
  std::vector<std::optional<SameRow>> same;
  for (const PlannedRow& row : here.rows) {
    same.emplace_back();
    for (size_t i = 0; i < there.rows.size() && !same.back(); ++i) {
      const bool exact = same_build && IsSameRow(there.rows[i], row);
      if (exact || IsSameRowOfBuilds(there.rows[i], row)) same.back() = {i, exact};
    }
  }
  return same;
}

// The seed of the first of `theirs` that `here` lacks or that came out otherwise here.
std::optional<uint64_t> FirstUnlike(const std::vector<EpisodeRecord>& theirs,
                                    const std::vector<EpisodeRecord>& here) {
  for (const EpisodeRecord& episode : theirs) {
    const bool alike = std::any_of(here.begin(), here.end(), [&](const EpisodeRecord& own) {
      return own.seed == episode.seed && SameButForTime(own, episode);
    });
    if (!alike) return episode.seed;
  }
  return std::nullopt;
}

// A changed checkout's name does not say what was built.
bool IsSameBuild(const Context& one, const Context& other) {
  const bool known = one.commit != "unknown" && !one.commit.ends_with("-dirty");
  return known && one.commit == other.commit;
}

}  // namespace

Taken TakeFrom(const RunFolder& there, const std::string& name, const Manifest& here) {
  RefuseOtherSettings(there.manifest, name, here);
  const bool same_build = IsSameBuild(there.manifest.context, here.context);
  const std::vector<std::optional<SameRow>> same = SameRows(there.manifest, here, same_build);
  if (std::none_of(same.begin(), same.end(), [](const auto& row) { return row.has_value(); })) {
    throw UsageError("nothing can be taken from '{}': it has none of these rows", name);
  }
  std::vector<std::map<uint64_t, const EpisodeRecord*>> known(there.runs.size());  // by seed
  for (size_t row = 0; row < there.runs.size(); ++row) {
    for (const EpisodeRecord& episode : there.runs[row].episodes) {
      known[row].emplace(episode.seed, &episode);
    }
  }
  Taken taken{.name = name};
  if (same_build) taken.observations = there.observations;
  std::set<size_t> checked;  // rows
  for (const WorkItem& item : WorkItems(here)) {
    if (!same[item.row]) continue;
    const auto [index, exact] = *same[item.row];
    const int64_t left = there.manifest.rows[index].episodes - item.first;
    if (item.count != std::min(left, here.batch)) continue;  // groups of other sizes
    std::vector<const EpisodeRecord*> group;
    for (int64_t i = item.first; i < item.first + item.count; ++i) {
      const auto found =
          known[index].find(here.rows[item.row].identity.seed + static_cast<uint64_t>(i));
      if (found != known[index].end()) group.push_back(found->second);
    }
    if (static_cast<int64_t>(group.size()) < item.count) continue;  // a torn one
    if (!exact && checked.insert(item.row).second) {
      taken.checks.push_back({.item = item});
      for (const EpisodeRecord* episode : group) taken.checks.back().episodes.push_back(*episode);
      continue;
    }
    for (const EpisodeRecord* episode : group) {
      EpisodeRecord& own = taken.episodes.emplace_back(item.row, *episode).second;
      if (!own.commit && !same_build) own.commit = there.manifest.context.commit;
      if (same_build && own.commit == here.context.commit) own.commit.reset();
    }
  }
  std::erase_if(taken.checks, [&](const TakenGroup& check) {  // there is nothing behind
    return std::none_of(taken.episodes.begin(), taken.episodes.end(),
                        [&](const auto& episode) { return episode.first == check.item.row; });
  });
  return taken;
}

CheckedEpisodes CheckTaken(
    const Taken& taken, const Manifest& here,
    const std::function<std::vector<EpisodeRecord>(const WorkItem&)>& compute) {
  CheckedEpisodes checked;
  std::set<size_t> alike;  // rows
  for (const TakenGroup& check : taken.checks) {
    const std::optional<uint64_t> seed = FirstUnlike(check.episodes, compute(check.item));
    if (!seed) {
      alike.insert(check.item.row);
      continue;
    }
    const RunIdentity& row = here.rows[check.item.row].identity;
    checked.notices.push_back(fmt::format(
        "nothing of {} {} {} {} is taken from '{}': episode {} comes out otherwise here", row.task,
        row.sampler, row.scheduler, row.executor, taken.name, *seed));
  }
  for (const auto& [row, episode] : taken.episodes) {
    if (alike.contains(row)) checked.episodes.emplace_back(row, episode);
  }
  return checked;
}

}  // namespace sagbench
