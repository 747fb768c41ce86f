#include "bench/suite.h"

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

#include <fmt/core.h>

#include "bench/action_error.h"
#include "bench/machine.h"
#include "bench/real_time.h"
#include "bench/rollout.h"
#include "bench/suite_actions.h"
#include "bench/suite_folder.h"
#include "core/error.h"
#include "core/interrupt.h"
#include "core/parallel.h"
#include "core/timed_scope.h"
#include "policies/aten.h"
#include "policies/checkpoint.h"
#include "results/early_stop.h"

namespace sagbench {
namespace {

class Suite {
 public:
  Suite(const SuiteRequest& request, const ProgressSink& progress)
      : request_(request),
        progress_(progress),
        made_(MakeSuiteRows(request)),
        manifest_(ManifestOf(request, made_.rows)) {
    if (request.summary.sequential) CheckBaselines(made_.rows);
    if (!request.folder.empty()) GoOn(OpenFolder(request, manifest_));
  }

  // `loading_seconds`: how long this took to be made.
  SuiteResult Run(double loading_seconds) {
    SuiteResult result;
    times_.loading = loading_seconds;
    try {
      TakeFromOtherBuilds();
      RunEpisodes();
      if (request_.shard.count == 1) Measure();
    } catch (const Error& error) {
      if (error.code() != ExitCode::kInterrupted) throw;
      result.interrupted = true;
    }
    result.notices = notices_;
    result.times = times_;
    result.clocks = clocks_;
    std::vector<RunData> data;
    for (SuiteRow& row : made_.rows) {
      if (row.data.episodes.empty()) continue;
      std::sort(row.data.episodes.begin(), row.data.episodes.end(),
                [](const EpisodeRecord& a, const EpisodeRecord& b) { return a.seed < b.seed; });
      result.episodes.insert(result.episodes.end(), row.data.episodes.begin(),
                             row.data.episodes.end());
      data.push_back(std::move(row.data));
    }
    result.runs = Summarise(data, request_.summary);
    return result;
  }

 private:
  // Takes over what the folder holds.
  void GoOn(OpenRunFolder open) {
    writer_ = std::move(open.writer);
    unchecked_ = std::move(open.unchecked);
    notices_ = std::move(open.before.notices);
    latency_host_ = open.before.latency_host;
    for (size_t i = 0; i < made_.rows.size(); ++i) {
      made_.rows[i].data = std::move(open.before.runs[i]);
      for (const EpisodeRecord& episode : made_.rows[i].data.episodes) {
        finished_.insert({i, episode.seed});
      }
    }
    for (const SuiteRow& row : made_.rows) {
      const auto found = open.before.observations.find(row.data.identity.task);
      if (found == open.before.observations.end()) continue;
      observations_[row.policy] = Unpack(found->second);
    }
  }

  // In a policy's first group observations are recorded.
  bool Records(const WorkItem& item) const {
    return item.first == 0 && IsFirstOfPolicy(made_.rows, item.row);
  }

  // A folder that was taken from may have episodes without what was recorded in them.
  bool IsFinished(const WorkItem& item) const {
    if (Records(item) && !observations_.contains(made_.rows[item.row].policy)) return false;
    for (int64_t i = item.first; i < item.first + item.count; ++i) {
      if (!finished_.contains({item.row, SeedOf(i)})) return false;
    }
    return true;
  }

  uint64_t SeedOf(int64_t episode) const {
    return request_.settings.seed + static_cast<uint64_t>(episode);
  }

  void TakeFromOtherBuilds() {
    const TimedScope time(&times_.rollouts);
    for (const Taken& taken : unchecked_) {
      const auto total = static_cast<int64_t>(taken.checks.size());
      int64_t done = 0;
      CheckedEpisodes checked = CheckTaken(taken, manifest_, [&](const WorkItem& item) {
        const Progress now{.label = "checks", .unit = "rows", .done = done++, .total = total};
        if (progress_) progress_(now);
        return OwnEpisodes(item);
      });
      for (auto& [row, episode] : checked.episodes) Keep(row, std::move(episode));
      notices_.insert(notices_.end(), checked.notices.begin(), checked.notices.end());
    }
  }

  // What this build makes of a group.
  std::vector<EpisodeRecord> OwnEpisodes(const WorkItem& item) {
    std::vector<EpisodeRecord> own;
    for (const EpisodeRecord& episode : made_.rows[item.row].data.episodes) {
      const auto index = static_cast<int64_t>(episode.seed - SeedOf(item.first));
      if (!episode.commit && index >= 0 && index < item.count) own.push_back(episode);
    }
    return static_cast<int64_t>(own.size()) == item.count ? own : RunItem(item);
  }

  // Group by group, every row in turn, so that an interruption leaves paired episodes.
  void RunEpisodes() {
    const TimedScope time(&times_.rollouts);
    std::vector<WorkItem> open;
    int64_t total = 0, left = 0;
    for (const WorkItem& item : WorkItems(manifest_)) {
      if (!Contains(request_.shard, item, manifest_.batch)) continue;
      total += item.count;
      if (IsFinished(item)) continue;
      left += item.count;
      open.push_back(item);
    }
    const int64_t resumed = total - left;
    int64_t done = resumed;
    const int at_once = manifest_.sequential ? 1 : request_.settings.groups_at_once;
    ParallelFor(open.size(), at_once, [&](size_t i) {
      at::get_num_threads();  // LibTorch sets a thread's number of threads when it is asked
      const WorkItem& item = open[i];
      {
        const std::lock_guard<std::mutex> lock(keeping_);
        if (manifest_.sequential && IsDecided(item.row)) {
          total -= item.count;
          return;
        }
        Show(made_.rows[item.row], done, total, resumed);
      }
      RunItem(item);
      const std::lock_guard<std::mutex> lock(keeping_);
      done += item.count;
    });
    Show(made_.rows.back(), done, total, resumed);
  }

  bool IsDecided(size_t row) const {
    std::vector<const RunData*> runs;
    for (const SuiteRow& other : made_.rows) runs.push_back(&other.data);
    return Decided(manifest_, runs)[row];
  }

  std::vector<EpisodeRecord> RunItem(const WorkItem& item) {
    SuiteRow& row = made_.rows[item.row];
    std::vector<uint64_t> seeds;
    for (int64_t i = 0; i < item.count; ++i) seeds.push_back(SeedOf(item.first + i));
    RolloutRequest rollout = RolloutOf(row, request_.settings);
    rollout.record_chunks = Records(item) ? kRecordedObservations : 0;
    rollout.network_turn = &network_turn_;
    GroupResult group = RunGroup(rollout, *row.executor, seeds);
    const std::lock_guard<std::mutex> lock(keeping_);
    times_.network += group.network_s;
    times_.simulation += group.simulation_s;
    if (Records(item)) Keep(row, std::move(group.observations));
    const double seconds = group.network_s + group.simulation_s;
    std::vector<EpisodeRecord> own;
    for (Episode& episode : group.episodes) {
      episode.record.task = row.data.identity.task;
      episode.record.sampler = row.data.identity.sampler;
      episode.record.scheduler = row.data.identity.scheduler;
      episode.record.wall_s = seconds / static_cast<double>(item.count);
      Keep(item.row, episode.record);
      own.push_back(std::move(episode.record));
    }
    return own;
  }

  // Observations are on the disk before the episodes that they were recorded in.
  void Keep(const SuiteRow& row, std::vector<at::Tensor> observations) {
    if (writer_) writer_->AppendObservations(row.data.identity.task, Pack(observations));
    observations_[row.policy] = std::move(observations);
  }

  // Of a group whose writing was interrupted, some episodes are there already.
  void Keep(size_t row, EpisodeRecord episode) {
    if (!finished_.insert({row, episode.seed}).second) return;
    if (writer_) writer_->Append(row, episode);
    RunData& data = made_.rows[row].data;
    data.wall_s += episode.wall_s;
    data.episodes.push_back(std::move(episode));
  }

  void Show(const SuiteRow& row, int64_t done, int64_t total, int64_t resumed) const {
    if (!progress_) return;
    const auto wins = std::count_if(row.data.episodes.begin(), row.data.episodes.end(),
                                    [](const EpisodeRecord& record) { return record.success; });
    progress_({.label = "rollouts",
               .unit = "episodes",
               .done = done,
               .total = total,
               .resumed = resumed,
               .note = fmt::format("{} {} {}: success {}/{}", row.data.identity.task,
                                   row.data.identity.sampler, row.data.identity.scheduler, wins,
                                   row.data.episodes.size())});
  }

  void Measure() {
    if (request_.measure_latency) {
      const TimedScope time(&times_.latency);
      for (const std::unique_ptr<Policy>& policy : made_.policies) MeasureLatencies(*policy);
      clocks_ = ClocksOf(request_.settings.device);
      if (clocks_ && writer_) writer_->AppendClocks(*clocks_);
    }
    const TimedScope time(&times_.actions);
    ActionMeasures measures(request_.settings, writer_.get());
    for (size_t i = 0; i < made_.rows.size(); ++i) {
      ThrowIfInterrupted();
      SuiteRow& row = made_.rows[i];
      measures.CompareWithDense(i, &row, observations_[row.policy]);
      if (request_.measure_spread) measures.Spread(i, &row, observations_[row.policy]);
    }
  }

  // The rows of one policy take turns on its recorded observations.
  void MeasureLatencies(const Policy& policy) {
    const std::string& host = request_.context.host;
    std::vector<size_t> members;
    std::vector<Executor*> executors;
    LatencyLog log;
    for (size_t i = 0; i < made_.rows.size(); ++i) {
      SuiteRow& row = made_.rows[i];
      if (row.policy != &policy) continue;
      members.push_back(i);
      executors.push_back(row.executor.get());
      if (row.data.latency) log.before.push_back(*row.data.latency);
    }
    const auto is_full = [this](const LatencySamples& samples) {
      return IsEnough(*manifest_.latency, samples);
    };
    const bool all_there = log.before.size() == members.size();
    if (all_there && std::all_of(log.before.begin(), log.before.end(), is_full)) return;
    if (!all_there || latency_host_ != host) log.before.clear();
    log.finished = [&](const std::vector<LatencySamples>& round) {
      if (writer_) writer_->AppendLatency(host, members, round);
    };
    std::vector<LatencySamples> samples = MeasureLatency(
        executors, observations_[&policy], policy.config, request_.latency, progress_, log);
    for (size_t i = 0; i < members.size(); ++i) {
      made_.rows[members[i]].data.latency = std::move(samples[i]);
    }
  }

  const SuiteRequest& request_;
  const ProgressSink& progress_;
  SuiteRows made_;
  const Manifest manifest_;
  std::unique_ptr<RunFolderWriter> writer_;         // null without a folder
  std::set<std::pair<size_t, uint64_t>> finished_;  // row, seed
  std::map<const Policy*, std::vector<at::Tensor>> observations_;
  std::string latency_host_;
  std::vector<std::string> notices_;
  std::vector<Taken> unchecked_;
  SuiteTimes times_;
  std::optional<GpuClocks> clocks_;
  std::mutex keeping_;       // of all the above, while groups are at work
  std::mutex network_turn_;  // one at a time
};

}  // namespace

SuiteResult RunSuite(const SuiteRequest& request, const ProgressSink& progress) {
  double loading = 0.0;
  std::unique_ptr<Suite> suite;
  {
    const TimedScope time(&loading);
    suite = std::make_unique<Suite>(request, progress);
  }
  return suite->Run(loading);
}

}  // namespace sagbench
