#include "results/report_figures.h"

#include <gtest/gtest.h>

#include "tests/results/full_report.h"
#include "tests/results/text.h"

namespace sagbench {
namespace {

TEST(ReportFigures, RunsAreNamedByWhatTellsThemApart) {
  const Report report = SampleReport();
  EXPECT_EQ(RunName(report.runs[1], report), "static-cache:interval=5, ddpm");
  EXPECT_EQ(RunName(report.runs[2], report), "dense, ddim:steps=16");
}

TEST(ReportFigures, APairOfChartsATask) {
  Report report = SampleReport();
  EXPECT_EQ(Count(SuccessFigures(report), "<svg"), 2U);
  EXPECT_EQ(Count(SuccessFigures(report), "data-rate=\"0.8\""), 4U);
  report.runs[2].identity.task = "lift";
  EXPECT_EQ(Count(SuccessFigures(report), "<svg"), 4U);
  for (RunReport& run : report.runs) run.latency_ms.reset();
  EXPECT_EQ(Count(SuccessFigures(report), "<svg"), 2U);
  EXPECT_EQ(LatencyFigure(report), "");
  EXPECT_EQ(SuccessFigures({}), "");
}

TEST(ReportFigures, LatencyWithTheDeadlineOfAllRuns) {
  EXPECT_EQ(Count(LatencyFigure(SampleReport()), "data-median"), 3U);
  EXPECT_FALSE(Has(LatencyFigure(SampleReport()), "deadline"));
  Report report = FullReport();
  EXPECT_TRUE(Has(LatencyFigure(report), "last 800 ms"));
  EXPECT_TRUE(Has(LatencyFigure(report), "class=\"deadline\""));
  report.runs[1].deadline->ms = 100.0;
  EXPECT_FALSE(Has(LatencyFigure(report), "deadline"));
}

TEST(ReportFigures, PlansWithTheReplansThatDiffer) {
  Report report = FullReport();
  const std::string html = PlanFigures(report);
  EXPECT_EQ(Count(html, "class=\"run-plan\""), 1U);
  EXPECT_TRUE(Has(html, "50.0 % of the cells are computed"));
  EXPECT_TRUE(Has(html, "The first 2 replans"));
  EXPECT_TRUE(Has(html, "replan 2: 6 cells, 16.7 % changed"));
  PlanMap& map = *report.runs[1].plan_map;
  map.replans.resize(1);
  EXPECT_TRUE(Has(PlanFigures(report), "The plan is the same in each of 2 replans."));
  EXPECT_EQ(Count(PlanFigures(report), "<svg"), 1U);
  map.computed.assign(12, 1.0);
  EXPECT_TRUE(Has(PlanFigures(report), "every cell is computed"));
  EXPECT_EQ(Count(PlanFigures(report), "<svg"), 0U);
  EXPECT_EQ(PlanFigures(SampleReport()), "");
}

}  // namespace
}  // namespace sagbench
