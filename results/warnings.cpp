#include "results/warnings.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include <fmt/core.h>

namespace sagbench {
namespace {

using Warnings = std::vector<std::string>;

constexpr double kWideInterval = 0.2;  // of a success rate, end to end
constexpr int64_t kEnoughSamples = 200;
constexpr int64_t kEnoughBlocks = 10;

bool Contains(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

std::string Name(const RunReport& run) {
  return fmt::format("{} under {} on {}", run.identity.scheduler, run.identity.sampler,
                     run.identity.task);
}

void WarnOfBuild(const Context& context, Warnings* warnings) {
  if (context.build_type != "Release" && context.build_type != "RelWithDebInfo") {
    warnings->push_back(fmt::format("This is a {} build: its times say nothing about speed.",
                                    context.build_type.empty() ? "nameless" : context.build_type));
  }
  if (Contains(context.flags, "-fsanitize")) {
    warnings->push_back("This is a sanitizer build: its times say nothing about speed.");
  }
  if (Contains(context.commit, "dirty")) {
    warnings->push_back("The program was built from a changed checkout: the commit is not all.");
  }
}

void WarnOfOtherCommits(const Report& report, Warnings* warnings) {
  std::map<std::string, std::pair<int, int64_t>> rows;  // and episodes
  for (const RunReport& run : report.runs) {
    for (const auto& [commit, episodes] : run.other_commits) {
      ++rows[commit].first;
      rows[commit].second += episodes;
    }
  }
  for (const auto& [commit, count] : rows) {
    warnings->push_back(fmt::format(
        "Commit {} computed {} episodes of {} row{} (--take), whose first group of episodes this "
        "build computed alike.",
        commit, count.second, count.first, count.first == 1 ? "" : "s"));
  }
}

void WarnOfMachine(const Context& context, Warnings* warnings) {
  if (context.throttle && !context.throttle->empty() && *context.throttle != "none") {
    warnings->push_back(fmt::format("The GPU was throttled: {}.", *context.throttle));
  }
}

void WarnOfStopping(const Report& report, Warnings* warnings) {
  const bool sequential =
      std::any_of(report.runs.begin(), report.runs.end(), [](const RunReport& run) {
        return run.versus_dense && run.versus_dense->evidence &&
               run.versus_dense->verdict != Verdict::kInconclusive;
      });
  if (!sequential) return;
  warnings->push_back(
      "Rows stopped when their verdict was reached (--sequential): verdicts allow for that, "
      "success rates, their intervals and p values do not.");
}

void WarnOfIdleSchedulers(const Report& report, Warnings* warnings) {
  for (const RunReport& run : report.runs) {
    if (run.identity.scheduler == "dense" || !run.sparsity || run.sparsity->cells > 0.0) continue;
    warnings->push_back(Name(run) + " never skipped anything: it did the work of dense.");
  }
}

void WarnOfFewEpisodes(const Report& report, Warnings* warnings) {
  double widest = 0.0;
  int64_t fewest = std::numeric_limits<int64_t>::max();
  for (const RunReport& run : report.runs) {
    if (!run.success) continue;
    widest = std::max(widest, run.success->ci95.hi - run.success->ci95.lo);
    fewest = std::min(fewest, run.success->n);
  }
  if (widest <= kWideInterval) return;
  warnings->push_back(fmt::format("Few episodes ({}): a success rate is known to {:.0f} points.",
                                  fewest, 100.0 * widest));
}

void WarnOfVerdicts(const Report& report, Warnings* warnings) {
  int open = 0;
  int64_t needed = 0;
  for (const RunReport& run : report.runs) {
    if (!run.versus_dense || run.versus_dense->verdict != Verdict::kInconclusive) continue;
    if (run.versus_dense->evidence) continue;  // how many it takes is not known beforehand
    const PairedOutcomes& outcomes = run.versus_dense->outcomes;
    const auto discordant = static_cast<double>(std::max<int64_t>(1, outcomes.b + outcomes.c));
    const double discordance = discordant / static_cast<double>(outcomes.pairs);
    needed = std::max(needed, PairedEpisodesNeeded(run.versus_dense->margin, discordance));
    ++open;
  }
  if (open == 0) return;
  warnings->push_back(fmt::format(
      "{} of the comparisons with dense {} inconclusive: with as many differing pairs as here, "
      "about {} paired episodes are needed.",
      open, open == 1 ? "is" : "are", needed));
}

void WarnOfFewSamples(const Report& report, Warnings* warnings) {
  int64_t fewest = kEnoughSamples;
  int64_t blocks = kEnoughBlocks;
  for (const RunReport& run : report.runs) {
    if (!run.latency_ms) continue;
    const auto n = static_cast<int64_t>(run.latency_ms->samples.size());
    fewest = std::min(fewest, n);
    if (!run.speedup || !run.speedup->latency_ci95) continue;
    blocks = std::min(blocks, n / std::max<int64_t>(1, run.latency_ms->block_size));
  }
  if (fewest < kEnoughSamples) {
    warnings->push_back(fmt::format(
        "Few latency samples ({}): p99 is little more than the slowest of them.", fewest));
  }
  if (blocks < kEnoughBlocks) {
    warnings->push_back(fmt::format(
        "The intervals of the clock speed-up rest on {} blocks: take them as a hint.", blocks));
  }
}

void WarnOfTasks(const Report& report, Warnings* warnings) {
  std::set<std::string> flat;
  std::set<std::string> without_baseline;
  for (const RunReport& run : report.runs) {
    if (run.discriminating == false) flat.insert(run.identity.task);
    const bool compared = run.is_baseline || run.versus_dense || run.speedup;
    if (!compared) without_baseline.insert(run.identity.task);
  }
  for (const std::string& task : flat) {
    warnings->push_back(fmt::format(
        "On {} a single network evaluation does as well as dense: success tells no methods apart.",
        task));
  }
  for (const std::string& task : without_baseline) {
    warnings->push_back(fmt::format(
        "On {} some runs have no baseline (dense under ddpm) here, so no ratios.", task));
  }
}

}  // namespace

std::vector<std::string> FindWarnings(const Report& report) {
  Warnings warnings;
  WarnOfBuild(report.context, &warnings);
  WarnOfOtherCommits(report, &warnings);
  WarnOfMachine(report.context, &warnings);
  WarnOfStopping(report, &warnings);
  WarnOfIdleSchedulers(report, &warnings);
  WarnOfFewEpisodes(report, &warnings);
  WarnOfVerdicts(report, &warnings);
  WarnOfFewSamples(report, &warnings);
  WarnOfTasks(report, &warnings);
  return warnings;
}

}  // namespace sagbench
