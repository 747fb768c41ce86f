#include "results/compare_text.h"

#include <algorithm>
#include <vector>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "results/text_table.h"

namespace sagbench {
namespace {

using Json = nlohmann::ordered_json;

size_t Count(const Comparison& comparison, Change::Kind kind) {
  const auto is_kind = [kind](const Change& change) { return change.kind == kind; };
  return static_cast<size_t>(
      std::count_if(comparison.changes.begin(), comparison.changes.end(), is_kind));
}

std::string Headline(const Comparison& comparison) {
  const size_t regressions = Count(comparison, Change::Kind::kRegression);
  if (regressions == 0) return "No regression";
  return fmt::format("{} regression{}", regressions, regressions == 1 ? "" : "s");
}

Json Figure(const RunReport& run, const char* what, const char* unit, double value) {
  return {{"name", fmt::format("{} {} {}: {}", run.identity.task, run.identity.sampler,
                               run.identity.scheduler, what)},
          {"unit", unit},
          {"value", value}};
}

}  // namespace

std::string ComparisonMarkdown(const Comparison& comparison, bool all) {
  std::string text = fmt::format(
      "## sagbench: {}\n\n{} figures are the same, {} better, {} worse or other without a gate.\n",
      Headline(comparison), Count(comparison, Change::Kind::kSame),
      Count(comparison, Change::Kind::kBetter), Count(comparison, Change::Kind::kAdvisory));
  std::vector<TextColumn> columns = {{"", false, {}},    {"row", false, {}}, {"figure", false, {}},
                                     {"base", true, {}}, {"now", true, {}},  {"note", false, {}}};
  for (const Change::Kind kind : {Change::Kind::kRegression, Change::Kind::kAdvisory,
                                  Change::Kind::kBetter, Change::Kind::kSame}) {
    if (kind == Change::Kind::kSame && !all) continue;
    for (const Change& change : comparison.changes) {
      if (change.kind != kind) continue;
      columns[0].cells.push_back(KindName(kind));
      columns[1].cells.push_back(change.row);
      columns[2].cells.push_back(change.figure);
      columns[3].cells.push_back(change.base);
      columns[4].cells.push_back(change.now);
      columns[5].cells.push_back(change.note);
    }
  }
  if (columns[0].cells.empty()) return text;
  return text + "\n" + RenderTable(columns);
}

std::string ComparisonJson(const Comparison& comparison) {
  Json changes = Json::array();
  for (const Change& change : comparison.changes) {
    changes.push_back({{"kind", KindName(change.kind)},
                       {"row", change.row},
                       {"figure", change.figure},
                       {"base", change.base},
                       {"now", change.now},
                       {"note", change.note}});
  }
  const Json json = {{"regressed", comparison.regressed()}, {"changes", std::move(changes)}};
  return json.dump(2) + "\n";
}

std::string BenchmarkActionJson(const Report& report) {
  Json figures = Json::array();
  for (const RunReport& run : report.runs) {
    if (run.flops) {
      figures.push_back(Figure(run, "FLOPs a chunk", "GFLOP", 1e-9 * run.flops->per_chunk));
    }
    if (run.success) {
      figures.push_back(Figure(run, "failures", "%", 100.0 * (1.0 - run.success->rate)));
      figures.back()["range"] =
          fmt::format("{:.1f} to {:.1f}", 100.0 - 100.0 * run.success->ci95.hi,
                      100.0 - 100.0 * run.success->ci95.lo);
      figures.back()["extra"] =
          fmt::format("{} of {} episodes failed", run.success->n - run.success->k, run.success->n);
    }
    if (run.latency_ms) {
      figures.push_back(Figure(run, "chunk latency", "ms", run.latency_ms->median));
      figures.back()["extra"] = fmt::format("p90 {:.3f} ms, {} samples", run.latency_ms->p90,
                                            run.latency_ms->samples.size());
    }
  }
  return figures.dump(2) + "\n";
}

}  // namespace sagbench
