#include "results/summary.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>

#include "core/files.h"
#include "results/exact_intervals.h"
#include "results/families.h"
#include "results/sequential.h"

namespace sagbench {
namespace {

using Episodes = std::vector<EpisodeRecord>;

// The run that `run` is compared with, or null.
const RunData* BaselineOf(const RunData& run, const std::vector<RunData>& runs) {
  const auto found = std::find_if(runs.begin(), runs.end(), [&run](const RunData& other) {
    return IsBaseline(other.identity) && IsComparable(other.identity, run.identity);
  });
  return found == runs.end() ? nullptr : &*found;
}

template <class T, class Member>
T Sum(const Episodes& episodes, Member member) {
  T sum{};
  for (const EpisodeRecord& episode : episodes) sum += episode.*member;
  return sum;
}

std::optional<Success> SuccessOf(const Episodes& episodes, bool exact) {
  if (episodes.empty()) return std::nullopt;
  Success success;
  success.n = static_cast<int64_t>(episodes.size());
  for (const EpisodeRecord& episode : episodes) success.k += episode.success ? 1 : 0;
  success.rate = static_cast<double>(success.k) / static_cast<double>(success.n);
  success.exact = exact;
  success.ci95 =
      exact ? ClopperPearsonInterval(success.k, success.n) : WilsonInterval(success.k, success.n);
  return success;
}

std::optional<MeanFigure> MeanOf(const std::vector<double>& values, const Bootstrap& bootstrap) {
  if (values.empty()) return std::nullopt;
  return MeanFigure{Mean(values), BootstrapMean(values, bootstrap)};
}

std::optional<MeanFigure> ScoreOf(const Episodes& episodes, const Bootstrap& bootstrap) {
  std::vector<double> scores;
  for (const EpisodeRecord& episode : episodes) {
    if (episode.score) scores.push_back(*episode.score);
  }
  return MeanOf(scores, bootstrap);
}

std::map<std::string, int64_t> FailuresOf(const Episodes& episodes) {
  std::map<std::string, int64_t> failures;
  for (const EpisodeRecord& episode : episodes) {
    if (!episode.success) ++failures[episode.failure.empty() ? "unnamed" : episode.failure];
  }
  return failures;
}

// Calls visit(episode, dense episode) for each pair of one seed.
template <class Visit>
void VisitPairs(const Episodes& episodes, const Episodes& dense, Visit visit) {
  std::map<uint64_t, const EpisodeRecord*> dense_by_seed;
  for (const EpisodeRecord& episode : dense) dense_by_seed[episode.seed] = &episode;
  for (const EpisodeRecord& episode : episodes) {
    const auto found = dense_by_seed.find(episode.seed);
    if (found != dense_by_seed.end()) visit(episode, *found->second);
  }
}

std::optional<VersusDense> VersusDenseOf(const Episodes& episodes, const Episodes& dense,
                                         const SummaryOptions& options) {
  VersusDense versus;
  versus.outcomes = PairEpisodes(episodes, dense);
  if (versus.outcomes.pairs == 0) return std::nullopt;
  std::vector<double> score_differences;
  VisitPairs(episodes, dense, [&](const EpisodeRecord& episode, const EpisodeRecord& other) {
    if (episode.score && other.score) score_differences.push_back(*episode.score - *other.score);
  });
  versus.mcnemar_p = McNemarExactP(versus.outcomes.b, versus.outcomes.c);
  versus.ci95 = TangoInterval(versus.outcomes);
  versus.margin = options.margin;
  if (options.sequential) {
    versus.evidence = EvidenceOf(versus.outcomes, options.margin);
    versus.verdict = SequentialVerdict(versus.outcomes, options.margin);
  } else {
    versus.verdict = NonInferiority(versus.outcomes, options.margin);
  }
  versus.score_difference = MeanOf(score_differences, options.bootstrap);
  return versus;
}

std::optional<Flops> FlopsOf(const Episodes& episodes) {
  const auto chunks = static_cast<double>(Sum<int64_t>(episodes, &EpisodeRecord::replans));
  if (chunks == 0.0) return std::nullopt;
  return Flops{Sum<double>(episodes, &EpisodeRecord::flops) / chunks,
               Sum<double>(episodes, &EpisodeRecord::pruner_flops) / chunks,
               {},
               {}};
}

std::optional<Sparsity> SparsityOf(const Episodes& episodes) {
  const auto cells = static_cast<double>(Sum<int64_t>(episodes, &EpisodeRecord::total_cells));
  const auto computed = static_cast<double>(Sum<int64_t>(episodes, &EpisodeRecord::computed_cells));
  const auto skipped = Sum<double>(episodes, &EpisodeRecord::skipped_flops);
  const auto ran = Sum<double>(episodes, &EpisodeRecord::flops) -
                   Sum<double>(episodes, &EpisodeRecord::pruner_flops);
  if (cells == 0.0 || ran + skipped <= 0.0) return std::nullopt;
  return Sparsity{1.0 - computed / cells, skipped / (ran + skipped)};
}

std::optional<Latency> LatencyOf(const RunData& run) {
  if (!run.latency || run.latency->ms.empty()) return std::nullopt;
  const std::vector<double>& ms = run.latency->ms;
  Latency latency{.median = Median(ms),
                  .p90 = Quantile(ms, 0.90),
                  .p99 = Quantile(ms, 0.99),
                  .max = Quantile(ms, 1.0),
                  .phases = run.latency->phases,
                  .block_size = run.latency->block_size,
                  .samples = ms};
  if (latency.phases) *latency.phases /= static_cast<double>(ms.size());
  return latency;
}

// Milliseconds that the executed actions of a chunk last; absent where unknown.
std::optional<double> ChunkDuration(const RunIdentity& identity) {
  if (!identity.control_period || !identity.action_steps) return std::nullopt;
  return 1000.0 * *identity.control_period * static_cast<double>(*identity.action_steps);
}

std::optional<Deadline> DeadlineOf(const RunReport& row, const SummaryOptions& options) {
  const std::optional<double> ms =
      options.deadline_ms ? options.deadline_ms : ChunkDuration(row.identity);
  if (!ms || !row.latency_ms) return std::nullopt;
  const std::vector<double>& samples = row.latency_ms->samples;
  Deadline deadline;
  deadline.ms = *ms;
  deadline.missed =
      std::count_if(samples.begin(), samples.end(), [&](double sample) { return sample > *ms; });
  deadline.share = static_cast<double>(deadline.missed) / static_cast<double>(samples.size());
  if (row.identity.action_steps) {
    deadline.actions_per_s =
        1000.0 * static_cast<double>(*row.identity.action_steps) / row.latency_ms->median;
  }
  return deadline;
}

// Digest over the episodes in the order of their seeds.
std::optional<Digest> DigestOf(Episodes episodes) {
  if (episodes.empty()) return std::nullopt;
  std::sort(episodes.begin(), episodes.end(),
            [](const EpisodeRecord& a, const EpisodeRecord& b) { return a.seed < b.seed; });
  std::string plans;
  std::string actions;
  for (const EpisodeRecord& episode : episodes) {
    plans += episode.plan_digest + "\n";
    actions += episode.action_digest + "\n";
  }
  return Digest{Sha256Hex(plans), Sha256Hex(actions)};
}

// What a run says by itself.
RunReport Alone(const RunData& run, const SummaryOptions& options) {
  RunReport row;
  row.identity = run.identity;
  row.episodes = static_cast<int64_t>(run.episodes.size());
  row.is_baseline = IsBaseline(run.identity);
  row.success = SuccessOf(run.episodes, options.exact);
  row.score = ScoreOf(run.episodes, options.bootstrap);
  row.failures = FailuresOf(run.episodes);
  row.flops = FlopsOf(run.episodes);
  row.sparsity = SparsityOf(run.episodes);
  row.latency_ms = LatencyOf(run);
  row.deadline = DeadlineOf(row, options);
  row.action_error = run.action_error;
  row.spread = run.spread;
  row.plan_map = run.plan_map;
  row.digest = DigestOf(run.episodes);
  row.replans = Sum<int64_t>(run.episodes, &EpisodeRecord::replans);
  row.wall_s = run.wall_s;
  for (const EpisodeRecord& episode : run.episodes) {
    if (episode.commit) ++row.other_commits[*episode.commit];
  }
  return row;
}

// What it says beside its baseline, which may be the run itself.
void Compare(const RunData& run, const RunData& baseline, const SummaryOptions& options,
             RunReport* row) {
  if (!row->is_baseline) {
    row->versus_dense = VersusDenseOf(run.episodes, baseline.episodes, options);
  }
  Speedup speedup;
  const std::optional<Flops> dense = FlopsOf(baseline.episodes);
  if (row->flops && dense && dense->per_chunk > 0.0 && row->flops->per_chunk > 0.0) {
    row->flops->dense_per_chunk = dense->per_chunk;
    row->flops->ratio = row->flops->per_chunk / dense->per_chunk;
    speedup.flops = dense->per_chunk / row->flops->per_chunk;
  }
  if (row->latency_ms && LatencyOf(baseline)) {
    const auto block_size = static_cast<size_t>(std::max<int64_t>(1, run.latency->block_size));
    const MedianRatio ratio =
        RatioOfMedians(baseline.latency->ms, run.latency->ms, block_size, options.bootstrap);
    speedup.latency = ratio.ratio;
    if (!row->is_baseline) speedup.latency_ci95 = ratio.ci95;
  }
  if (speedup.flops || speedup.latency) row->speedup = speedup;
  if (row->spread && baseline.spread && baseline.spread->mean > 0.0) {
    row->spread->ratio = row->spread->mean / baseline.spread->mean;
  }
}

// Whether schedulers can be told apart by success on the row's task: not where one network
// evaluation (dense under the sampler `single`) is non-inferior to dense.
std::optional<bool> Discriminating(const RunReport& row, const std::vector<RunReport>& rows) {
  for (const RunReport& other : rows) {
    const bool is_single = other.identity.scheduler == "dense" &&
                           std::string_view(other.identity.sampler).substr(0, 6) == "single";
    if (!is_single || !other.versus_dense || !IsComparable(other.identity, row.identity)) continue;
    if (other.versus_dense->verdict == Verdict::kNonInferior) return false;
    if (other.versus_dense->verdict == Verdict::kInferior) return true;
  }
  return std::nullopt;
}

// The rows of a task that are compared with dense are one family of tests.
void CorrectForRows(std::vector<RunReport>* rows) {
  std::map<std::string, std::vector<VersusDense*>> families;
  for (RunReport& row : *rows) {
    if (row.versus_dense) families[row.identity.task].push_back(&*row.versus_dense);
  }
  for (const auto& [task, family] : families) {
    std::vector<double> p_values;
    for (const VersusDense* versus : family) p_values.push_back(versus->mcnemar_p);
    const std::vector<double> adjusted = HolmAdjusted(p_values);
    for (size_t i = 0; i < family.size(); ++i) family[i]->mcnemar_p_holm = adjusted[i];
  }
}

}  // namespace

void LatencySamples::Append(const LatencySamples& later) {
  if (ms.empty()) {
    phases = later.phases;
  } else if (phases && later.phases) {
    *phases += *later.phases;
  } else {
    phases.reset();
  }
  ms.insert(ms.end(), later.ms.begin(), later.ms.end());
}

bool IsBaseline(const RunIdentity& identity) {
  return identity.scheduler == "dense" && identity.sampler == "ddpm";
}

bool IsComparable(const RunIdentity& a, const RunIdentity& b) {
  return a.task == b.task && a.policy_sha256 == b.policy_sha256 && a.executor == b.executor &&
         a.device == b.device;
}

PairedOutcomes PairEpisodes(const Episodes& episodes, const Episodes& dense) {
  PairedOutcomes outcomes;
  VisitPairs(episodes, dense, [&](const EpisodeRecord& episode, const EpisodeRecord& other) {
    ++outcomes.pairs;
    outcomes.b += other.success && !episode.success ? 1 : 0;
    outcomes.c += !other.success && episode.success ? 1 : 0;
  });
  return outcomes;
}

std::vector<RunReport> Summarise(const std::vector<RunData>& runs, const SummaryOptions& options) {
  std::vector<RunReport> rows;
  for (const RunData& run : runs) {
    rows.push_back(Alone(run, options));
    const RunData* baseline = BaselineOf(run, runs);
    if (baseline != nullptr) Compare(run, *baseline, options, &rows.back());
  }
  CorrectForRows(&rows);
  for (RunReport& row : rows) row.discriminating = Discriminating(row, rows);
  return rows;
}

}  // namespace sagbench
