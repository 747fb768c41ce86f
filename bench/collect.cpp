#include "bench/collect.h"

#include <algorithm>
#include <memory>
#include <mutex>
#include <utility>

#include <nlohmann/json.hpp>

#include "bench/collect_parts.h"
#include "core/error.h"
#include "core/interrupt.h"
#include "core/parallel.h"

namespace sagbench {
namespace {

// The threads' actors: each borrows one for an episode.
class ActorPool {
 public:
  ActorPool(const ActorFactory& make_actor, int threads) {
    for (int i = 0; i < threads; ++i) free_.push_back(make_actor());
  }

  ExpertResult Run(const ExpertRequest& request) {
    Actor actor = Take();
    ExpertResult result = actor(request);
    const std::lock_guard<std::mutex> lock(mutex_);
    free_.push_back(std::move(actor));
    return result;
  }

 private:
  Actor Take() {
    const std::lock_guard<std::mutex> lock(mutex_);
    Actor actor = std::move(free_.back());
    free_.pop_back();
    return actor;
  }

  std::mutex mutex_;
  std::vector<Actor> free_;
};

// All that decides what the file will hold.
std::string SettingsText(const CollectRequest& request) {
  nlohmann::json episodes = nlohmann::json::array();
  for (const ExpertRequest& episode : request.episodes) {
    episodes.push_back(
        {StartName(episode.start), episode.seed, episode.choice_seed, episode.state});
  }
  nlohmann::json include = nlohmann::json::array();
  for (const auto& path : request.include) include.push_back(path.string());
  return nlohmann::json{{"attributes", request.attributes},
                        {"include", include},
                        {"episodes", episodes},
                        {"keep", KeepName(request.keep)}}
      .dump();
}

std::map<std::string, std::string> EpisodeAttributes(const ExpertRequest& episode,
                                                     const std::string& first_choice) {
  return {{"start", StartName(episode.start)},
          {"seed", std::to_string(episode.seed)},
          {"choice_seed", std::to_string(episode.choice_seed)},
          {"first_choice", first_choice}};
}

// Counts as episodes end, and shows it.
class Tally {
 public:
  Tally(const CollectRequest& request, const ProgressSink& progress) : progress_(progress) {
    shown_ = {"collect " + request.out.filename().string(),  "episodes", 0,
              static_cast<int64_t>(request.episodes.size()), 0,          ""};
  }

  void Resume(const std::map<size_t, ExpertResult>& finished) {
    shown_.resumed = static_cast<int64_t>(finished.size());
    for (const auto& [index, result] : finished) Count(result);
    summary_.resumed = shown_.resumed;
    Show();
  }

  void Add(const ExpertResult& result) {
    Count(result);
    Show();
  }

  const CollectSummary& summary() const { return summary_; }

 private:
  void Count(const ExpertResult& result) {
    ++summary_.episodes;
    summary_.successes += result.success ? 1 : 0;
    summary_.seconds += result.seconds;
    summary_.longest = std::max(summary_.longest, result.seconds);
    if (!result.first_choice.empty()) ++summary_.modes[result.first_choice];
  }

  void Show() {
    shown_.done = summary_.episodes;
    shown_.note = fmt::format("success {}/{}", summary_.successes, summary_.episodes);
    if (progress_) progress_(shown_);
  }

  const ProgressSink& progress_;
  Progress shown_;
  CollectSummary summary_;
};

bool IsKept(Keep keep, bool success) {
  return keep == Keep::kAll || success == (keep == Keep::kSuccesses);
}

// Runs the episodes that are not in `results` yet.
void RunEpisodes(const CollectRequest& request, const ActorFactory& make_actor, CollectParts& parts,
                 Tally& tally, std::map<size_t, ExpertResult>& results) {
  std::vector<size_t> open;
  for (size_t i = 0; i < request.episodes.size(); ++i) {
    if (results.count(i) == 0) open.push_back(i);
  }
  ActorPool actors(make_actor, request.threads);
  std::mutex mutex;
  ParallelFor(open.size(), request.threads, [&](size_t position) {
    ThrowIfInterrupted();
    const size_t index = open[position];
    ExpertResult result = actors.Run(request.episodes[index]);
    if (!IsKept(request.keep, result.success)) result.demonstration = {};
    result.demonstration.attributes.merge(
        EpisodeAttributes(request.episodes[index], result.first_choice));
    const std::lock_guard<std::mutex> lock(mutex);
    parts.Append(index, result);
    tally.Add(result);
    results[index] = std::move(result);
  });
}

// Demonstrations of the included files and the episodes to keep, in order. A failure of an expert
// that found no plan has no steps, and is left out.
std::vector<Demonstration> Gather(const CollectRequest& request,
                                  std::map<size_t, ExpertResult> results) {
  std::vector<Demonstration> demonstrations;
  for (const std::filesystem::path& path : request.include) {
    DemonstrationFile file = ReadDemonstrations(path, request.observation_keys);
    std::move(file.demonstrations.begin(), file.demonstrations.end(),
              std::back_inserter(demonstrations));
  }
  for (auto& [index, result] : results) {
    if (result.demonstration.actions.count() > 0)
      demonstrations.push_back(std::move(result.demonstration));
  }
  return demonstrations;
}

}  // namespace

void RefuseEvaluationSeeds(uint64_t first, int64_t count) {
  const uint64_t last = first + static_cast<uint64_t>(count) - 1;
  if (last < first || last >= kFirstEvaluationSeed) {
    throw UsageError("seed {} belongs to evaluations: this takes seeds below {}",
                     std::max(first, last), kFirstEvaluationSeed);
  }
}

CollectSummary Collect(const CollectRequest& request, const ActorFactory& make_actor,
                       const ProgressSink& progress) {
  for (const ExpertRequest& episode : request.episodes) RefuseEvaluationSeeds(episode.seed, 1);
  if (std::filesystem::exists(request.out)) {
    throw UsageError("{} is there already: remove it or name another --out", request.out.string());
  }
  CollectParts parts(request.out, SettingsText(request), request.resume);
  std::map<size_t, ExpertResult> results = parts.TakeFinished();
  Tally tally(request, progress);
  tally.Resume(results);
  RunEpisodes(request, make_actor, parts, tally, results);
  CollectSummary summary = tally.summary();
  const std::vector<Demonstration> demonstrations = Gather(request, std::move(results));
  for (const Demonstration& one : demonstrations) summary.steps += one.actions.count();
  summary.demonstrations = static_cast<int64_t>(demonstrations.size());
  DemonstrationFileInfo info{request.attributes};
  info.attributes["episodes"] = std::to_string(summary.episodes);
  info.attributes["keep"] = KeepName(request.keep);
  info.attributes["successes"] = std::to_string(summary.successes);
  WriteDemonstrations(request.out, info, demonstrations, request.valid_share);
  parts.Remove();
  return summary;
}

ModeCheck CheckModes(const std::vector<ExpertRequest>& starts, const ActorFactory& make_actor,
                     int threads, const ProgressSink& progress) {
  std::vector<std::string> choices(2 * starts.size());
  ActorPool actors(make_actor, threads);
  std::mutex mutex;
  Progress shown = {"mode check", "episodes", 0, static_cast<int64_t>(choices.size()), 0, ""};
  ParallelFor(choices.size(), threads, [&](size_t i) {
    ThrowIfInterrupted();
    ExpertRequest request = starts[i / 2];
    request.choice_seed += i % 2;
    std::string choice = actors.Run(request).first_choice;
    const std::lock_guard<std::mutex> lock(mutex);
    choices[i] = std::move(choice);
    ++shown.done;
    if (progress) progress(shown);
  });
  ModeCheck check;
  check.starts = static_cast<int64_t>(starts.size());
  for (size_t i = 0; i < choices.size(); i += 2) check.different += choices[i] != choices[i + 1];
  for (const std::string& choice : choices) ++check.modes[choice];
  return check;
}

std::vector<ExpertRequest> SeededStarts(StartKind kind, uint64_t first_seed, int64_t count,
                                        uint64_t choice_seed) {
  std::vector<ExpertRequest> starts;
  for (int64_t i = 0; i < count; ++i) {
    starts.push_back({kind, first_seed + static_cast<uint64_t>(i), choice_seed, {}});
  }
  return starts;
}

std::string KeepName(Keep keep) {
  if (keep == Keep::kAll) return "all";
  return keep == Keep::kSuccesses ? "successes" : "failures";
}

std::string StartName(StartKind kind) {
  switch (kind) {
    case StartKind::kReset:
      return "reset";
    case StartKind::kNearGoal:
      return "near-goal";
    case StartKind::kState:
      return "visited";
  }
  return "?";
}

}  // namespace sagbench
