// sagbench compare: what changed between two runs, for people and for a CI.
#include <cstdio>
#include <memory>

#include <fmt/core.h>

#include "core/error.h"
#include "core/files.h"
#include "results/compare_text.h"
#include "results/folder_report.h"
#include "tools/command.h"

namespace sagbench {
namespace {

struct CompareArguments {
  std::string base, now, json, markdown, benchmark_action;
  double margin = 5.0;   // points
  double gate_time = 0;  // per cent
  bool any_executor = false, all = false;
};

int RunCompare(const CompareArguments& arguments) {
  CompareOptions options;
  options.margin = arguments.margin / 100.0;
  if (arguments.gate_time > 0.0) options.gate_time = arguments.gate_time / 100.0;
  options.any_executor = arguments.any_executor;
  const RunFolder now = ReadRunFolder(arguments.now);
  const Comparison comparison = CompareRuns(ReadRunFolder(arguments.base), now, options);
  const std::string markdown = ComparisonMarkdown(comparison, arguments.all);
  if (!arguments.json.empty()) WriteFileAtomically(arguments.json, ComparisonJson(comparison));
  if (!arguments.markdown.empty()) WriteFileAtomically(arguments.markdown, markdown);
  if (!arguments.benchmark_action.empty()) {
    WriteFileAtomically(arguments.benchmark_action, BenchmarkActionJson(ReportOf(now)));
  }
  fmt::print("{}", markdown);
  for (const std::string& notice : now.notices) fmt::print(stderr, "sagbench: {}\n", notice);
  if (comparison.regressed()) return static_cast<int>(ExitCode::kRegression);
  const Coverage coverage = CoverageOf(now);
  if (coverage.complete()) return static_cast<int>(ExitCode::kDone);
  fmt::print(stderr, "sagbench: no regression in what is there, but '{}' is incomplete: {}\n",
             arguments.now, DescribeCoverage(coverage));
  return static_cast<int>(ExitCode::kIncomplete);
}

}  // namespace

void AddCompare(CLI::App& app, Command& run) {
  CLI::App* command = app.add_subcommand(
      "compare", "what changed between two run folders; exit code 1 on a regression");
  auto a = std::make_shared<CompareArguments>();
  command->add_option("BASE", a->base, "run folder to compare with")->required();
  command->add_option("NEW", a->now, "run folder that is judged")->required();
  command
      ->add_option("--margin", a->margin,
                   "points of paired success whose loss is a regression, once it is shown")
      ->default_val(5.0)
      ->check(NumberBetween(0.1, 99.0));
  command
      ->add_option("--gate-time", a->gate_time,
                   "per cent of the speed-up on the clock whose loss is a regression "
                   "(default: times are advisory)")
      ->check(NumberBetween(1.0, 99.0));
  command->add_flag("--any-executor", a->any_executor,
                    "rows are the same whatever executor, precision and device ran them");
  command->add_flag("--all", a->all, "list also the figures that are the same");
  command->add_option("--json", a->json, "file for all changes as JSON");
  command->add_option("--markdown", a->markdown, "file for what is printed");
  command->add_option("--benchmark-action", a->benchmark_action,
                      "file with NEW's figures for github-action-benchmark");
  command->callback([a, &run] { run = [a] { return RunCompare(*a); }; });
}

}  // namespace sagbench
