#include "results/report_columns.h"

#include <fmt/core.h>

#include "results/text_table.h"

namespace sagbench {
namespace {

std::string Points(double rate) {
  return fmt::format("{:.1f}", 100.0 * rate);
}

// In whole points: the figures themselves are in report.json.
std::string Points(const Interval& interval) {
  return fmt::format("[{:.0f}, {:.0f}]", 100.0 * interval.lo, 100.0 * interval.hi);
}

std::string WithInterval(const std::string& value, const std::optional<Interval>& interval) {
  if (!interval) return value;
  return fmt::format("{} [{:.2f}, {:.2f}]", value, interval->lo, interval->hi);
}

std::string SuccessCell(const RunReport& run) {
  return run.success ? fmt::format("{}/{}", run.success->k, run.success->n) : "";
}

std::string ThinkingCell(const RunReport& run) {
  return run.identity.thinking_ms ? FourDigits(*run.identity.thinking_ms) : "";
}

std::string RateCell(const RunReport& run) {
  return run.success ? Points(run.success->rate) + " " + Points(run.success->ci95) : "";
}

std::string ScoreCell(const RunReport& run) {
  return run.score ? WithInterval(fmt::format("{:.3f}", run.score->mean), run.score->ci95) : "";
}

std::string DifferenceCell(const RunReport& run) {
  if (!run.versus_dense) return "";
  return fmt::format("{:+.1f} {}", 100.0 * run.versus_dense->outcomes.difference(),
                     Points(run.versus_dense->ci95));
}

std::string ScoreDifferenceCell(const RunReport& run) {
  if (!run.versus_dense || !run.versus_dense->score_difference) return "";
  const MeanFigure& difference = *run.versus_dense->score_difference;
  return WithInterval(fmt::format("{:+.3f}", difference.mean), difference.ci95);
}

std::string LostWonCell(const RunReport& run) {
  if (!run.versus_dense) return "";
  return fmt::format("{}/{}", run.versus_dense->outcomes.b, run.versus_dense->outcomes.c);
}

std::string HolmCell(const RunReport& run) {
  if (!run.versus_dense || !run.versus_dense->mcnemar_p_holm) return "";
  const double p = *run.versus_dense->mcnemar_p_holm;
  return p < 0.001 ? "<0.001" : fmt::format("{:.3f}", p);
}

std::string VerdictCell(const RunReport& run) {
  if (!run.versus_dense) return "";
  return fmt::format("{} at {:g}", VerdictName(run.versus_dense->verdict),
                     100.0 * run.versus_dense->margin);
}

std::string FailuresCell(const RunReport& run) {
  std::string text;
  for (const auto& [name, count] : run.failures) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, count);
  }
  return text.empty() && run.success ? "none" : text;
}

std::string GflopCell(const RunReport& run) {
  return run.flops ? FourDigits(run.flops->per_chunk * 1e-9) : "";
}

std::string FlopRatioCell(const RunReport& run) {
  return run.flops && run.flops->ratio ? fmt::format("{:.3f}", *run.flops->ratio) : "";
}

std::string ActionErrorCell(const RunReport& run) {
  return run.action_error ? fmt::format("{:.4g}", run.action_error->mean_abs) : "";
}

std::string SpreadCell(const RunReport& run) {
  return run.spread && run.spread->ratio ? fmt::format("{:.2f}", *run.spread->ratio) : "";
}

std::string SkippedCell(const RunReport& run) {
  return run.sparsity ? Points(run.sparsity->cells) + "/" + Points(run.sparsity->flops) : "";
}

// A cell that shows one number of the latency.
std::function<std::string(const RunReport&)> LatencyCell(double Latency::*member) {
  return [member](const RunReport& run) {
    return run.latency_ms ? FourDigits((*run.latency_ms).*member) : "";
  };
}

std::string SamplesCell(const RunReport& run) {
  return run.latency_ms ? fmt::format("{}", run.latency_ms->samples.size()) : "";
}

std::string PhasesCell(const RunReport& run) {
  if (!run.latency_ms || !run.latency_ms->phases) return "";
  const PhaseTimes& mean = *run.latency_ms->phases;
  return fmt::format("{} + {} + {} + {}", FourDigits(mean.encode), FourDigits(mean.plan),
                     FourDigits(mean.denoise), FourDigits(mean.sampler));
}

std::string ReplanRateCell(const RunReport& run) {
  return run.latency_ms ? FourDigits(1000.0 / run.latency_ms->median) : "";
}

std::string ActionRateCell(const RunReport& run) {
  if (!run.deadline || !run.deadline->actions_per_s) return "";
  return FourDigits(*run.deadline->actions_per_s);
}

std::string DeadlineCell(const RunReport& run) {
  if (!run.deadline) return "";
  return fmt::format("{} ({:.4g} ms)", Points(run.deadline->share), run.deadline->ms);
}

std::string FlopSpeedupCell(const RunReport& run) {
  return run.speedup && run.speedup->flops ? fmt::format("{:.2f}x", *run.speedup->flops) : "";
}

std::string ClockSpeedupCell(const RunReport& run) {
  if (!run.speedup || !run.speedup->latency) return "";
  return WithInterval(fmt::format("{:.2f}x", *run.speedup->latency), run.speedup->latency_ci95);
}

}  // namespace

std::vector<ColumnRule> NameColumns() {
  const auto of = [](std::string RunIdentity::*member) {
    return [member](const RunReport& run) { return run.identity.*member; };
  };
  return {{"task", false, of(&RunIdentity::task), ""},
          {"sampler", false, of(&RunIdentity::sampler), ""},
          {"scheduler", false, of(&RunIdentity::scheduler), ""},
          {"policy", false, of(&RunIdentity::policy_name), ""},
          {"executor", false, of(&RunIdentity::executor), ""},
          {"device", false, of(&RunIdentity::device), ""},
          {"first seed", true,
           [](const RunReport& run) { return fmt::format("{}", run.identity.seed); }, ""}};
}

std::vector<ColumnRule> SuccessColumns(bool exact) {
  return {{"success", true, SuccessCell, "successful episodes of all; none is dropped"},
          {"thinks ms", true, ThinkingCell,
           "for so long the environment went on while a chunk was computed (--real-time)"},
          {"% [95 %]", true, RateCell,
           exact ? "success rate with the exact interval of Clopper and Pearson"
                 : "success rate with its Wilson interval"},
          {"score [95 %]", true, ScoreCell,
           "mean over episodes of the task's score, with a bootstrap interval"},
          {"vs dense [95 %]", true, DifferenceCell,
           "difference of success rates in points on the same episodes (paired by seed), with "
           "Tango's score interval"},
          {"lost/won", true, LostWonCell,
           "episodes that only dense solved / that only this run solved"},
          {"p Holm", true, HolmCell,
           "exact McNemar p value of the difference, corrected by Holm for the rows of the task"},
          {"verdict", false, VerdictCell,
           "non-inferiority to dense at a margin in points, one-sided alpha .05; only "
           "'non-inferior' may be called lossless"},
          {"score vs dense [95 %]", true, ScoreDifferenceCell,
           "mean difference of scores on the same episodes, with a paired bootstrap interval"},
          {"error", true, ActionErrorCell,
           "mean distance of action numbers to dense under the same sampler and noise, task units"},
          {"spread", true, SpreadCell,
           "standard deviation of a chunk over noise draws, as a ratio to dense's"},
          {"failures", false, FailuresCell, "unsuccessful episodes by name"}};
}

std::vector<ColumnRule> CostColumns() {
  return {
      {"GFLOP", true, GflopCell,
       "10^9 floating-point operations that ran for one action chunk, pruner and encoder included "
       "(one multiply-add is 2)"},
      {"of dense", true, FlopRatioCell, "GFLOP over that of the baseline"},
      {"% cells/FLOPs", true, SkippedCell,
       "share of this sampler's cells that were reused / the same, weighted by what they cost"},
      {"ms median", true, LatencyCell(&Latency::median),
       "time from an observation to its action chunk, batch 1"},
      {"p90", true, LatencyCell(&Latency::p90), "its 90th percentile"},
      {"p99", true, LatencyCell(&Latency::p99), "its 99th percentile"},
      {"n", true, SamplesCell, "number of latency samples"},
      {"replans/s", true, ReplanRateCell, "1 / median"},
      {"actions/s", true, ActionRateCell,
       "executed actions of a chunk / median: what papers call Hz"},
      {"% late", true, DeadlineCell,
       "share of the samples above the deadline in brackets: a chunk's executed actions "
       "times the task's control period, unless --deadline says another"},
      {"fewer FLOPs", true, FlopSpeedupCell, "speed-up in FLOPs: baseline's GFLOP over this run's"},
      {"faster [95 %]", true, ClockSpeedupCell,
       "speed-up on the clock: ratio of median times, baseline over this run, with a paired "
       "block-bootstrap interval"},
      {"ms by phase", true, PhasesCell,
       "where the time goes, means: encoding the observation + planning (a learned scheduler's "
       "network included) + denoising blocks + noise and sampler steps (in 'fused' the steps "
       "belong to denoising)"}};
}

}  // namespace sagbench
