#include "results/compare.h"

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/core.h>

#include "core/error.h"
#include "results/folder_report.h"

namespace sagbench {
namespace {

using Kind = Change::Kind;

constexpr double kEqualFlops = 1e-9;  // relative: sums of equal terms in another order

std::string Name(const RunIdentity& identity) {
  std::string name = identity.task + " " + identity.sampler + " " + identity.scheduler;
  if (identity.executor != "eager") name += " (" + identity.executor + ")";
  return name;
}

bool SameRow(const RunIdentity& a, const RunIdentity& b) {
  return a.task == b.task && a.sampler == b.sampler && a.scheduler == b.scheduler &&
         a.executor == b.executor && a.device == b.device;
}

bool SameButForExecutor(const RunIdentity& a, const RunIdentity& b) {
  return a.task == b.task && a.sampler == b.sampler && a.scheduler == b.scheduler;
}

// FLOPs of a chunk, if every episode's chunks took the same: then they depend on no observation.
std::optional<double> StaticFlops(const RunData& run) {
  std::optional<double> flops;
  for (const EpisodeRecord& episode : run.episodes) {
    if (episode.replans == 0) return std::nullopt;
    const double each = episode.flops / static_cast<double>(episode.replans);
    if (flops && std::fabs(each - *flops) > kEqualFlops * *flops) return std::nullopt;
    flops = each;
  }
  return flops;
}

double MeanFlops(const RunData& run) {
  double flops = 0.0;
  double chunks = 0.0;
  for (const EpisodeRecord& episode : run.episodes) {
    flops += episode.flops;
    chunks += static_cast<double>(episode.replans);
  }
  return chunks > 0.0 ? flops / chunks : 0.0;
}

// Where equal programs give equal bits.
bool SameMachinery(const RunFolder& base, const RunFolder& now) {
  auto versions = base.manifest.context.versions;
  auto now_versions = now.manifest.context.versions;
  versions.erase("sagbench");
  now_versions.erase("sagbench");
  return versions == now_versions && base.manifest.context.cpu == now.manifest.context.cpu &&
         base.manifest.context.gpu == now.manifest.context.gpu &&
         base.manifest.context.flags == now.manifest.context.flags;
}

void RefuseOtherRow(const RunIdentity& base, const RunIdentity& now) {
  if (base.policy_sha256 != now.policy_sha256) {
    throw UsageError("not comparable: {} is of another policy (sha256 {} and {})", Name(base),
                     base.policy_sha256.substr(0, 12), now.policy_sha256.substr(0, 12));
  }
  if (base.seed != now.seed) {
    throw UsageError("not comparable: the seeds of {} begin at {} and at {}", Name(base), base.seed,
                     now.seed);
  }
  if (base.thinking_ms.has_value() != now.thinking_ms.has_value()) {
    throw UsageError("not comparable: one of {} is in real time, the other is not", Name(base));
  }
  for (const auto& [knob, was] : base.params) {
    if (knob == "threads") continue;  // no part of what is measured but times and last bits
    const auto is = now.params.find(knob);
    if (is == now.params.end()) continue;  // only one of the builds knows this knob
    if (was == is->second) continue;
    throw UsageError("not comparable: {} of {} is {} and {}", knob, Name(base), was, is->second);
  }
}

class Comparer {
 public:
  Comparer(const RunFolder& base, const RunFolder& now, const CompareOptions& options)
      : base_(base), now_(now), options_(options), same_machinery_(SameMachinery(base, now)) {}

  Comparison Compare() {
    bool common = false;
    const Report base_report = ReportOf(base_);
    const Report now_report = ReportOf(now_);
    for (const RunData& old : base_.runs) {
      const auto found = FindRow(old.identity);
      if (found == now_.runs.end() || found->episodes.empty()) {
        if (!old.episodes.empty()) Add(old, Kind::kRegression, "row", "there", "gone", "");
        continue;
      }
      RefuseOtherRow(old.identity, found->identity);
      common = true;
      CompareFlops(old, *found);
      CompareEpisodes(old, *found);
      CompareSpeed(old, *found, base_report, now_report);
    }
    if (!common) throw UsageError("not comparable: the two runs have no row in common");
    return std::move(result_);
  }

 private:
  std::vector<RunData>::const_iterator FindRow(const RunIdentity& identity) const {
    const auto is_same = [&](const RunData& run) {
      return options_.any_executor ? SameButForExecutor(run.identity, identity)
                                   : SameRow(run.identity, identity);
    };
    if (std::count_if(now_.runs.begin(), now_.runs.end(), is_same) > 1) {
      throw UsageError("not comparable: several executors ran {} {} {} in the new run",
                       identity.task, identity.sampler, identity.scheduler);
    }
    return std::find_if(now_.runs.begin(), now_.runs.end(), is_same);
  }

  void Add(const RunData& run, Kind kind, const std::string& figure, const std::string& base,
           const std::string& now, const std::string& note) {
    result_.changes.push_back({kind, Name(run.identity), figure, base, now, note});
  }

  void CompareFlops(const RunData& old, const RunData& run) {
    const double before = MeanFlops(old);
    const double after = MeanFlops(run);
    const bool is_static = StaticFlops(old).has_value() && StaticFlops(run).has_value();
    Kind kind = Kind::kSame;
    if (after > before * (1.0 + kEqualFlops)) {
      kind = is_static ? Kind::kRegression : Kind::kAdvisory;
    } else if (after < before * (1.0 - kEqualFlops)) {
      kind = Kind::kBetter;
    }
    Add(old, kind, "FLOPs", fmt::format("{:.4f}G", 1e-9 * before),
        fmt::format("{:.4f}G", 1e-9 * after),
        is_static ? "a chunk" : "a chunk, depends on observations");
  }

  // On the seeds that both ran.
  void CompareEpisodes(const RunData& old, const RunData& run) {
    std::map<uint64_t, const EpisodeRecord*> by_seed;
    for (const EpisodeRecord& episode : old.episodes) by_seed[episode.seed] = &episode;
    PairedOutcomes outcomes;
    std::vector<double> gains;  // of the score
    int64_t plans = 0;
    int64_t actions = 0;
    int64_t k_before = 0;
    int64_t k_after = 0;
    for (const EpisodeRecord& episode : run.episodes) {
      const auto found = by_seed.find(episode.seed);
      if (found == by_seed.end()) continue;
      const EpisodeRecord& before = *found->second;
      ++outcomes.pairs;
      outcomes.b += before.success && !episode.success ? 1 : 0;
      outcomes.c += !before.success && episode.success ? 1 : 0;
      k_before += before.success ? 1 : 0;
      k_after += episode.success ? 1 : 0;
      if (before.score && episode.score) gains.push_back(*episode.score - *before.score);
      plans += before.plan_digest != episode.plan_digest ? 1 : 0;
      actions += before.action_digest != episode.action_digest ? 1 : 0;
    }
    if (outcomes.pairs == 0) {
      throw UsageError("not comparable: the runs have no episode of {} in common",
                       Name(old.identity));
    }
    AddSuccess(old, outcomes, k_before, k_after);
    AddScore(old, run, gains);
    AddDigests(old, run, "plans", plans, outcomes.pairs);
    AddDigests(old, run, "actions", actions, outcomes.pairs);
  }

  void AddSuccess(const RunData& old, const PairedOutcomes& outcomes, int64_t k_before,
                  int64_t k_after) {
    const Interval interval = TangoInterval(outcomes);
    Kind kind = Kind::kSame;
    if (NonInferiority(outcomes, options_.margin) == Verdict::kInferior) {
      kind = Kind::kRegression;
    } else if (interval.lo > 0.0) {
      kind = Kind::kBetter;
    } else if (interval.hi < 0.0) {
      kind = Kind::kAdvisory;
    }
    Add(old, kind, "success", fmt::format("{}/{}", k_before, outcomes.pairs),
        fmt::format("{}/{}", k_after, outcomes.pairs),
        fmt::format("{:+.1f} points [{:.1f}, {:.1f}], lost {}, won {}: {} at {:g}",
                    100.0 * outcomes.difference(), 100.0 * interval.lo, 100.0 * interval.hi,
                    outcomes.b, outcomes.c, VerdictName(NonInferiority(outcomes, options_.margin)),
                    100.0 * options_.margin));
  }

  void AddScore(const RunData& old, const RunData& run, const std::vector<double>& gains) {
    const std::optional<Interval> interval = BootstrapMean(gains, {.seed = old.identity.seed});
    if (!interval) return;
    Kind kind = Kind::kSame;
    if (interval->lo > 0.0) kind = Kind::kBetter;
    if (interval->hi < 0.0) kind = Kind::kAdvisory;
    const auto mean = [](const RunData& of) {
      double sum = 0.0;
      for (const EpisodeRecord& episode : of.episodes) sum += episode.score.value_or(0.0);
      return fmt::format("{:.3f}", sum / static_cast<double>(of.episodes.size()));
    };
    Add(old, kind, "score", mean(old), mean(run),
        fmt::format("{:+.4f} [{:.4f}, {:.4f}] on {} pairs", Mean(gains), interval->lo, interval->hi,
                    gains.size()));
  }

  void AddDigests(const RunData& old, const RunData& run, const std::string& figure,
                  int64_t different, int64_t pairs) {
    const bool same_threads = old.identity.params == run.identity.params;
    const bool same_time = old.identity.thinking_ms == run.identity.thinking_ms;
    const bool same_executor = SameRow(old.identity, run.identity);
    const bool gated = same_machinery_ && same_threads && same_time && same_executor;
    const Kind worse = gated ? Kind::kRegression : Kind::kAdvisory;
    Add(old, different == 0 ? Kind::kSame : worse, figure, fmt::format("{} episodes", pairs),
        different == 0 ? "equal" : fmt::format("{} differ", different),
        different == 0 || gated
            ? ""
            : "not gated: another CPU, thread count, library, executor or latency");
  }

  static const RunReport* Find(const Report& report, const RunIdentity& identity) {
    for (const RunReport& run : report.runs) {
      if (SameRow(run.identity, identity)) return &run;
    }
    return nullptr;
  }

  void CompareSpeed(const RunData& old, const RunData& run, const Report& base_report,
                    const Report& now_report) {
    const RunReport* before = Find(base_report, old.identity);
    const RunReport* after = Find(now_report, run.identity);
    const auto known = [](const RunReport* run) {
      return run != nullptr && run->speedup && run->speedup->latency && run->speedup->latency_ci95;
    };
    if (!known(before) || !known(after)) return;
    const Interval was = *before->speedup->latency_ci95;
    const Interval is = *after->speedup->latency_ci95;
    Kind kind = Kind::kSame;
    if (is.lo > was.hi) kind = Kind::kBetter;
    if (is.hi < was.lo) kind = Kind::kAdvisory;
    if (options_.gate_time && is.hi < was.lo * (1.0 - *options_.gate_time)) {
      kind = Kind::kRegression;
    }
    const auto text = [](double ratio, const Interval& interval) {
      return fmt::format("{:.2f}x [{:.2f}, {:.2f}]", ratio, interval.lo, interval.hi);
    };
    Add(old, kind, "speed-up", text(*before->speedup->latency, was),
        text(*after->speedup->latency, is), "on the clock, within each run");
  }

  const RunFolder& base_;
  const RunFolder& now_;
  const CompareOptions& options_;
  const bool same_machinery_;
  Comparison result_;
};

}  // namespace

bool Comparison::regressed() const {
  return std::any_of(changes.begin(), changes.end(),
                     [](const Change& change) { return change.kind == Kind::kRegression; });
}

Comparison CompareRuns(const RunFolder& base, const RunFolder& now, const CompareOptions& options) {
  return Comparer(base, now, options).Compare();
}

std::string KindName(Change::Kind kind) {
  switch (kind) {
    case Kind::kBetter:
      return "better";
    case Kind::kAdvisory:
      return "advisory";
    case Kind::kRegression:
      return "REGRESSION";
    case Kind::kSame:
      break;
  }
  return "same";
}

}  // namespace sagbench
