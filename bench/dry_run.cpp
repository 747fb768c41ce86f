#include "bench/dry_run.h"

#include <algorithm>
#include <chrono>
#include <set>

#include <fmt/core.h>

#include "bench/action_error.h"
#include "bench/real_time.h"
#include "bench/rollout.h"
#include "bench/suite_folder.h"
#include "results/early_stop.h"
#include "results/text_table.h"

namespace sagbench {
namespace {

constexpr int kTimedReplans = 3;
constexpr double kComparedChunks = 2.0 * kRecordedObservations + 12.0;  // errors, plan maps
constexpr double kSpreadChunks = 8.0 * 16.0;

RunFolder FolderBefore(const SuiteRequest& request, const Manifest& manifest) {
  RunFolder before;
  if (!request.folder.empty() && IsRunFolder(request.folder)) {
    CheckFolder(request, manifest);
    before = ReadRunFolder(request.folder);
  } else {
    for (const PlannedRow& row : manifest.rows) before.runs.emplace_back().identity = row.identity;
  }
  before.manifest = manifest;
  AddTaken(ReadTaken(request, manifest), &before, nullptr);
  return before;
}

double SecondsOf(const SuiteRow& row, const SuiteRequest& request, int replans) {
  RolloutRequest rollout = RolloutOf(row, request.settings);
  rollout.max_replans = replans;
  const auto start = std::chrono::steady_clock::now();
  RunGroup(rollout, *row.executor, {request.settings.seed});
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Without what a group takes to begin.
double ChunkSeconds(const SuiteRow& row, const SuiteRequest& request) {
  SecondsOf(row, request, 1);  // warm-up
  const double one = SecondsOf(row, request, 1);
  const double all = SecondsOf(row, request, kTimedReplans);
  return all > one ? (all - one) / (kTimedReplans - 1) : all / kTimedReplans;
}

double ReplansOfALongEpisode(const SuiteRow& row) {
  const double steps = row.task.Make()->spec().max_steps;
  return std::max(1.0, steps / row.policy->config.action_steps);
}

// What is known of a row from its folder.
struct Known {
  std::set<uint64_t> seeds;
  double episode_s = 0.0;  // mean; 0: none there
  double sample_s = 0.0;
  int64_t samples = 0;
};

Known KnownOf(const RunData& run) {
  Known known;
  for (const EpisodeRecord& episode : run.episodes) known.seeds.insert(episode.seed);
  if (!run.episodes.empty()) {
    known.episode_s = run.wall_s / static_cast<double>(run.episodes.size());
  }
  if (run.latency && !run.latency->ms.empty()) {
    known.samples = static_cast<int64_t>(run.latency->ms.size());
    known.sample_s = Mean(run.latency->ms) / 1000.0;
  }
  return known;
}

// Rows that have reached their verdict already; none without --sequential.
std::vector<bool> DecidedRows(const RunFolder& before) {
  std::vector<const RunData*> runs;
  for (const RunData& run : before.runs) runs.push_back(&run);
  return before.manifest.sequential ? Decided(before.manifest, runs)
                                    : std::vector<bool>(runs.size(), false);
}

// Counts the work items of this shard into the rows.
void CountItems(const SuiteRequest& request, const Manifest& manifest,
                const std::vector<Known>& known, const std::vector<bool>& decided, DryRun* plan) {
  for (const WorkItem& item : WorkItems(manifest)) {
    if (!Contains(request.shard, item, manifest.batch) || decided[item.row]) continue;
    int64_t missing = 0;
    for (int64_t i = item.first; i < item.first + item.count; ++i) {
      const uint64_t seed = request.settings.seed + static_cast<uint64_t>(i);
      missing += known[item.row].seeds.contains(seed) ? 0 : 1;
    }
    DryRow& row = plan->rows[item.row];
    row.episodes += item.count;
    row.missing_episodes += missing > 0 ? item.count : 0;  // a torn group runs as a whole
    ++plan->groups;
    plan->missing_groups += missing > 0 ? 1 : 0;
  }
}

// Chunks at batch 1 that the measurements of actions of a row take.
double MissingChunks(const SuiteRequest& request, const RunData& run) {
  const bool open = ComparesActions(run.identity) && (!run.plan_map || !run.action_error);
  double chunks = open ? kComparedChunks : 0.0;
  if (request.measure_spread && !run.spread) chunks += kSpreadChunks;
  return chunks;
}

void Estimate(const SuiteRequest& request, const SuiteRow& made, const RunData& run,
              const Known& known, bool measures, DryRow* row) {
  const bool enough = run.latency && request.latency.within &&
                      MedianIsWithin(run.latency->ms, *request.latency.within);
  const int64_t samples = measures && request.measure_latency && !enough
                              ? std::max<int64_t>(0, request.latency.samples - known.samples)
                              : 0;
  const double chunks = measures ? MissingChunks(request, run) : 0.0;
  row->rollouts_from_folder = known.episode_s > 0.0;
  row->latency_from_folder = known.sample_s > 0.0;
  const bool needs_chunk = (row->missing_episodes > 0 && !row->rollouts_from_folder) ||
                           ((samples > 0 || chunks > 0.0) && !row->latency_from_folder);
  row->chunk_s = row->latency_from_folder ? known.sample_s : 0.0;
  if (needs_chunk) row->chunk_s = ChunkSeconds(made, request);
  const double episode_s =
      row->rollouts_from_folder ? known.episode_s : row->chunk_s * ReplansOfALongEpisode(made);
  row->rollout_s = episode_s * static_cast<double>(row->missing_episodes);
  if (samples > 0) row->latency_s = LatencySeconds(request.latency, samples, row->chunk_s);
  row->measuring_s = row->chunk_s * chunks;
}

std::string SourceOf(const DryRow& row) {
  if (row.missing_episodes > 0) return row.rollouts_from_folder ? "folder" : "measured";
  if (row.latency_s + row.measuring_s <= 0.0) return "";
  return row.latency_from_folder ? "folder" : "measured";
}

std::string Table(const DryRun& plan) {
  std::vector<TextColumn> columns = {
      {"task", false, {}},     {"sampler", false, {}}, {"scheduler", false, {}},
      {"executor", false, {}}, {"episodes", true, {}}, {"to run", true, {}},
      {"ms/chunk", true, {}},  {"estimate", true, {}}, {"from", false, {}}};
  for (const DryRow& row : plan.rows) {
    const double seconds = row.rollout_s + row.latency_s + row.measuring_s;
    const std::string cells[] = {row.identity.task,
                                 row.identity.sampler,
                                 row.identity.scheduler,
                                 row.identity.executor,
                                 std::to_string(row.episodes),
                                 std::to_string(row.missing_episodes),
                                 row.chunk_s > 0.0 ? FourDigits(1000.0 * row.chunk_s) : "",
                                 seconds > 0.0 ? RoughDuration(seconds) : "",
                                 SourceOf(row)};
    for (size_t i = 0; i < columns.size(); ++i) columns[i].cells.push_back(cells[i]);
  }
  return RenderTable(columns);
}

std::string EstimateText(const DryRun& plan) {
  if (!plan.estimates()) return "Nothing is left to do.\n";
  double rollouts = 0.0, latency = 0.0, measuring = 0.0;
  bool measured = false, folder = false;
  for (const DryRow& row : plan.rows) {
    rollouts += row.rollout_s;
    latency += row.latency_s;
    measuring += row.measuring_s;
    measured = measured || SourceOf(row) == "measured";
    folder = folder || SourceOf(row) == "folder";
  }
  std::string text =
      fmt::format("Estimate: {} (rollouts {}, latency {}, action errors and plan maps {}).\n",
                  RoughDuration(plan.seconds()), RoughDuration(rollouts), RoughDuration(latency),
                  RoughDuration(measuring));
  if (measured) {
    text += fmt::format(
        "'measured' is from {} chunks at batch 1, just now, as if every episode ran to its time "
        "limit: success ends episodes earlier, and groups share some of the work.\n",
        kTimedReplans);
  }
  if (folder) text += "'folder' is from the times of what the run folder holds.\n";
  return text;
}

}  // namespace

double DryRun::seconds() const {
  double sum = 0.0;
  for (const DryRow& row : rows) sum += row.rollout_s + row.latency_s + row.measuring_s;
  return sum;
}

bool DryRun::estimates() const {
  return seconds() > 0.0;
}

DryRun PlanSuite(const SuiteRequest& request) {
  const SuiteRows made = MakeSuiteRows(request);
  const Manifest manifest = ManifestOf(request, made.rows);
  const RunFolder before = FolderBefore(request, manifest);
  DryRun plan;
  plan.batch = manifest.batch;
  plan.measures = request.shard.count == 1;
  plan.coverage = CoverageOf(before);
  std::vector<Known> known;
  for (const RunData& run : before.runs) {
    known.push_back(KnownOf(run));
    plan.rows.emplace_back().identity = run.identity;
  }
  CountItems(request, manifest, known, DecidedRows(before), &plan);
  for (size_t i = 0; i < plan.rows.size(); ++i) {
    Estimate(request, made.rows[i], before.runs[i], known[i], plan.measures, &plan.rows[i]);
  }
  return plan;
}

std::string DryRunText(const DryRun& plan) {
  std::string text = Table(plan) + "\n";
  text +=
      fmt::format("{} of {} groups of up to {} episodes are to be run{}.\n", plan.missing_groups,
                  plan.groups, plan.batch, plan.measures ? "" : " by this shard");
  text += "There are " + DescribeCoverage(plan.coverage) + ".\n";
  return text + EstimateText(plan) + "This was a dry run: nothing was kept.\n";
}

std::string RoughDuration(double seconds) {
  if (seconds < 90.0) return fmt::format("{:.0f} s", seconds);
  if (seconds < 5400.0) return fmt::format("{:.0f} min", seconds / 60.0);
  return fmt::format("{:.1f} h", seconds / 3600.0);
}

}  // namespace sagbench
