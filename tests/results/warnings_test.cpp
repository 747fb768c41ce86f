#include "results/warnings.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/results/sample_runs.h"

namespace sagbench {
namespace {

bool Warns(const Report& report, const std::string& part) {
  const std::vector<std::string> warnings = FindWarnings(report);
  return std::any_of(warnings.begin(), warnings.end(), [&part](const std::string& warning) {
    return warning.find(part) != std::string::npos;
  });
}

// Nothing to warn of: enough episodes, all equal.
Report SoundReport() {
  std::vector<RunData> runs = SampleRuns();
  for (RunData& run : runs) {
    const EpisodeRecord one = run.episodes.front();
    run.episodes.assign(200, one);
    for (size_t i = 0; i < run.episodes.size(); ++i) run.episodes[i].seed = i;
  }
  return {SampleContext(), {}, QuickSummary(runs)};
}

TEST(Warnings, SoundReportHasNone) {
  EXPECT_TRUE(FindWarnings(SoundReport()).empty());
}

TEST(Warnings, EmptyReportStands) {
  EXPECT_FALSE(FindWarnings(Report{}).empty());
}

TEST(Warnings, BuildAndMachine) {
  Report report = SoundReport();
  report.context.build_type = "Debug";
  EXPECT_TRUE(Warns(report, "Debug build"));
  report.context.flags = "-O1 -fsanitize=address";
  EXPECT_TRUE(Warns(report, "sanitizer"));
  report.context.commit = "0123abc-dirty";
  EXPECT_TRUE(Warns(report, "changed checkout"));
  report.context.throttle = "power cap";
  EXPECT_TRUE(Warns(report, "throttled: power cap"));
}

TEST(Warnings, SchedulerThatSkippedNothing) {
  Report report = SoundReport();
  report.runs[1].sparsity = Sparsity{0.0, 0.0};
  EXPECT_TRUE(Warns(report, "static-cache:interval=5 under ddpm on pusht never skipped anything"));
}

TEST(Warnings, FewEpisodesAndSamples) {
  const Report report = SampleReport();
  EXPECT_TRUE(Warns(report, "Few episodes (10)"));
  EXPECT_TRUE(Warns(report, "2 of the comparisons with dense are inconclusive"));
  Report few = SoundReport();
  few.runs[1].latency_ms->samples.resize(50);
  EXPECT_TRUE(Warns(few, "Few latency samples (50)"));
  EXPECT_TRUE(Warns(few, "rest on 5 blocks"));
}

TEST(Warnings, TasksWithoutContrastOrBaseline) {
  Report report = SoundReport();
  for (RunReport& run : report.runs) run.discriminating = false;
  EXPECT_TRUE(Warns(report, "On pusht a single network evaluation"));
  std::vector<RunData> runs = SampleRuns();
  runs.erase(runs.begin());
  EXPECT_TRUE(Warns({SampleContext(), {}, QuickSummary(runs)}, "no baseline"));
}

}  // namespace
}  // namespace sagbench
