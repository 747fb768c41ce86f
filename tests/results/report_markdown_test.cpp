#include "results/report_markdown.h"

#include <sstream>
#include <vector>

#include <gtest/gtest.h>

#include "results/report_columns.h"
#include "results/warnings.h"
#include "tests/results/sample_runs.h"
#include "tests/results/text.h"

namespace sagbench {
namespace {

// The lines of the first table after `title`.
std::vector<std::string> Table(const std::string& text, const std::string& title) {
  std::istringstream lines(text.substr(text.find("## " + title)));
  std::vector<std::string> table;
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty() && line[0] == '|') table.push_back(line);
    if (line.empty() && !table.empty()) break;
  }
  return table;
}

TEST(ReportMarkdown, OnlyVaryingNamesAreColumns) {
  const std::string text = ReportMarkdown(SampleReport());
  EXPECT_TRUE(Has(text,
                  "All runs: task pusht, policy pusht-transformer, executor default, device cpu, "
                  "first seed 100000."));
  const std::string header = Table(text, "Success").front();
  EXPECT_EQ(header.find("| sampler       | scheduler               | success |"), 0U) << header;
  EXPECT_FALSE(Has(header, "task"));
}

TEST(ReportMarkdown, SayWhatEachRunAchievedAndCost) {
  const std::string text = ReportMarkdown(SampleReport());
  std::string success;  // its rows in the section's tables
  std::istringstream lines(text.substr(0, text.find("## Cost")));
  for (std::string line; std::getline(lines, line);) {
    if (Has(line, "static-cache")) success += line;
  }
  for (const char* part : {"| static-cache:interval=5 |", "7/10", "70.0 [40, 89]", "0.850 [",
                           "-10.0 [-45, 28]", "2/1", "inconclusive at 5", "timeout 3"}) {
    EXPECT_TRUE(Has(success, part)) << part << " in " << success;
  }
  const std::string cost = Table(text, "Cost")[3];
  for (const char* part : {"6.000", "0.250", "75.0", "302.9", "200", "4.00x", "3.33x ["}) {
    EXPECT_TRUE(Has(cost, part)) << part << " in " << cost;
  }
}

TEST(ReportMarkdown, TablesAreAlignedAndFitATerminal) {
  const std::string text = ReportMarkdown(SampleReport());
  for (const char* title : {"Success", "Cost"}) {
    const std::vector<std::string> table = Table(text, title);
    ASSERT_EQ(table.size(), 5U);
    for (const std::string& line : table) {
      EXPECT_EQ(line.size(), table.front().size());
      EXPECT_LE(line.size(), 160U);
    }
  }
}

// Whatever the names, every column is there and every line fits.
TEST(ReportMarkdown, WideTablesAreContinuedInAnother) {
  std::vector<RunData> runs = SampleRuns();
  runs[1].identity.scheduler = "taylorseer:interval=10,order=1";
  runs[2].identity.sampler = "ddim:steps=10,spacing=trailing";
  runs[1].action_error = ActionError{12.03, 99.0};
  runs[1].spread = Spread{std::nullopt, 0.5};
  for (RunData& run : runs) {
    run.identity.control_period = 0.1;
    run.identity.action_steps = 8;
    run.identity.thinking_ms = 120.0;
    for (EpisodeRecord& episode : run.episodes) {
      if (!episode.success && episode.seed % 2 == 0) episode.failure = "non_finite_action";
    }
  }
  const std::string text = ReportMarkdown({SampleContext(), {}, QuickSummary(runs)});
  std::istringstream lines(text.substr(0, text.find("## Columns")));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 160U) << line;
  for (const auto& rules : {SuccessColumns(), CostColumns()}) {
    for (const ColumnRule& rule : rules) {
      if (rule.header == "spread") continue;  // a ratio to dense's, which was not measured
      EXPECT_TRUE(Has(text, " " + rule.header + " ")) << rule.header;
    }
  }
  EXPECT_TRUE(Has(text, "inconclusive at 5"));
  EXPECT_TRUE(Has(text, "-0.050 ["));
}

TEST(ReportMarkdown, ColumnsWithoutAFigureAreLeftOut) {
  std::vector<RunData> runs = SampleRuns();
  for (RunData& run : runs) {
    run.latency.reset();
    for (EpisodeRecord& episode : run.episodes) episode.score.reset();
  }
  const std::string text = ReportMarkdown({SampleContext(), {}, QuickSummary(runs)});
  for (const char* part : {"score [95 %]", "ms median", "faster [95 %]"})
    EXPECT_FALSE(Has(text, part));
  EXPECT_TRUE(Has(text, "fewer FLOPs"));
}

TEST(ReportMarkdown, NotesWarningsAndContextFollow) {
  Report report = SampleReport();
  report.warnings = FindWarnings(report);
  const std::string text = ReportMarkdown(report);
  for (const char* part :
       {"## Warnings\n\n- Few episodes (10)", "- verdict: non-inferiority", "- CPU: Some CPU, 2",
        "- command: `sagbench run --task pusht`", "- versions: mujoco 4.0.0, torch 2.11.0"}) {
    EXPECT_TRUE(Has(text, part)) << part;
  }
  EXPECT_FALSE(Has(text, "GPU"));
}

TEST(ReportMarkdown, StandsOneRunAndNone) {
  EXPECT_TRUE(Has(ReportMarkdown({{}, {}, QuickSummary({SampleRun("ddpm", "dense", "1")})}),
                  "| scheduler | success |"));
  EXPECT_TRUE(Has(ReportMarkdown({}), "## Context"));
}

}  // namespace
}  // namespace sagbench
