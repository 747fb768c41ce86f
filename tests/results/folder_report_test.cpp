#include "results/folder_report.h"

#include "results/report_json.h"
#include "results/warnings.h"
#include "tests/results/sample_folder.h"
#include "tests/results/sample_plan_map.h"

namespace sagbench {
namespace {

using FolderReportTest = FolderTest;

TEST_F(FolderReportTest, IsTheReportOfTheRunsThemselves) {
  std::vector<RunData> runs = SampleRuns();
  runs.pop_back();
  runs[1].action_error = ActionError{0.25, 1.5};
  for (RunData& run : runs) run.wall_s = 5.0;
  FillWith(runs);
  SummaryOptions options;
  options.bootstrap.seed = 100000;
  Report expected{SampleContext(), {}, Summarise(runs, options)};
  expected.warnings = FindWarnings(expected);
  const RunFolder folder = ReadRunFolder(folder_);
  EXPECT_TRUE(CoverageOf(folder).complete());
  EXPECT_EQ(ReportJsonText(ReportOf(folder)), ReportJsonText(expected));
}

TEST_F(FolderReportTest, TellsTheClocksOfTheMeasurement) {
  FillWith(SampleRuns());
  EXPECT_FALSE(ReportOf(ReadRunFolder(folder_)).context.throttle);
  RunFolderWriter(folder_).AppendClocks({"SM 1980 MHz", "power cap"});
  const Report report = ReportOf(ReadRunFolder(folder_));
  EXPECT_EQ(report.context.clocks, "SM 1980 MHz");
  EXPECT_EQ(report.context.throttle, "power cap");
}

TEST_F(FolderReportTest, SaysWhatIsMissing) {
  FillWith(SampleRuns());
  std::filesystem::remove(folder_ / "measurements.jsonl");
  const RunFolder folder = ReadRunFolder(folder_);
  const Coverage coverage = CoverageOf(folder);
  EXPECT_FALSE(coverage.complete());
  EXPECT_EQ(DescribeCoverage(coverage),
            "20 of 20 episodes, 0 of 400 latency samples, 0 of 1 measurements of actions");
  EXPECT_NE(ReportOf(folder).warnings.back().find("interrupted"), std::string::npos);
  EXPECT_FALSE(ReportOf(folder).runs[0].latency_ms.has_value());
}

// A folder of an earlier version has none, and lacks nothing.
TEST_F(FolderReportTest, PlanMapsAreMissedWhereTheyWerePlanned) {
  FillWith(SampleRuns());
  RunFolder folder = ReadRunFolder(folder_);
  EXPECT_FALSE(folder.manifest.plans);
  EXPECT_TRUE(CoverageOf(folder).complete());
  folder.manifest.plans = true;
  EXPECT_FALSE(CoverageOf(folder).complete());
  for (RunData& run : folder.runs) run.plan_map = SamplePlanMap();
  EXPECT_TRUE(CoverageOf(folder).complete());
  EXPECT_TRUE(ReportOf(folder).runs[1].plan_map.has_value());
}

TEST_F(FolderReportTest, OptionsDecideTheStatistics) {
  FillWith(SampleRuns());
  const RunFolder folder = ReadRunFolder(folder_);
  EXPECT_FALSE(ReportOf(folder).runs[0].success->exact);
  const Report report = ReportOf(folder, {.exact = true, .deadline_ms = 500.0});
  EXPECT_TRUE(report.runs[0].success->exact);
  EXPECT_EQ(report.runs[0].deadline->missed, 200);
  EXPECT_EQ(report.runs[1].deadline->missed, 0);
}

TEST_F(FolderReportTest, RowsThatDidNotBeginAreNotInIt) {
  WriteManifest(folder_, SampleManifest());
  EXPECT_TRUE(ReportOf(ReadRunFolder(folder_)).runs.empty());
  RunFolderWriter(folder_).Append(1, SampleRuns()[1].episodes[0]);
  const Report report = ReportOf(ReadRunFolder(folder_));
  ASSERT_EQ(report.runs.size(), 1U);
  EXPECT_EQ(report.runs[0].episodes, 1);
}

TEST_F(FolderReportTest, AWarningNamesTheHostOfTheLatency) {
  FillWith(SampleRuns());
  RunFolder folder = ReadRunFolder(folder_);
  folder.manifest.context.host = "here";
  EXPECT_TRUE(ReportOf(folder).warnings.empty() ||
              ReportOf(folder).warnings.back().find("Latency") == std::string::npos);
  folder.manifest.context.host = "elsewhere";
  EXPECT_NE(ReportOf(folder).warnings.back().find("Latency was measured on 'here'"),
            std::string::npos);
}

}  // namespace
}  // namespace sagbench
