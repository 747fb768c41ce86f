#include "results/report_html.h"

#include <gtest/gtest.h>

#include "results/html.h"
#include "results/report_csv.h"
#include "results/report_parts.h"
#include "tests/results/full_report.h"
#include "tests/results/text.h"

namespace sagbench {
namespace {

TEST(ReportHtml, HoldsTheTablesOfTheMarkdownReport) {
  const Report report = FullReport();
  const std::string html = ReportHtml(report);
  for (const auto& rules : {SuccessColumns(), CostColumns()}) {
    for (const FigureColumn& figure : FigureColumns(rules, report.runs)) {
      EXPECT_TRUE(Has(html, ">" + HtmlEscaped(figure.column.header) + "</th>"));
      EXPECT_TRUE(Has(html, HtmlEscaped(figure.note)));
      for (const std::string& cell : figure.column.cells) {
        EXPECT_TRUE(Has(html, ">" + (cell.empty() ? "–" : HtmlEscaped(cell)) + "</td>")) << cell;
      }
    }
  }
  EXPECT_TRUE(Has(html, "A warning."));
  EXPECT_TRUE(Has(html, "<dt>GPU</dt><dd>Some GPU</dd>"));
}

TEST(ReportHtml, HoldsEveryFigure) {
  const Report report = FullReport();
  const std::string html = ReportHtml(report);
  for (size_t i = 0; i < CsvColumns().size(); ++i) {
    const std::string& key = CsvColumns()[i];
    if (key.starts_with("context.")) continue;
    const std::string cell = HtmlEscaped(CsvCells(report)[1][i]);
    EXPECT_TRUE(Has(html, "<td data-run=\"1\" data-key=\"" + key + "\">" + cell + "</td>")) << key;
  }
}

TEST(ReportHtml, NeedsNothingElse) {
  const std::string html = ReportHtml(FullReport());
  for (const char* part : {"<script", "http://", "https://", "url(", "@import", "src="}) {
    EXPECT_FALSE(Has(html, part)) << part;
  }
  EXPECT_TRUE(Has(html, "default-src 'none'"));
}

TEST(ReportHtml, NoTextBecomesMarkup) {
  Report report = FullReport();
  const std::string evil = "<script>alert(1)</script>\"'&";
  report.context.command_line = report.context.cpu = report.warnings[0] = evil;
  for (RunReport& run : report.runs) {
    run.identity.task = run.identity.policy_name = run.identity.scheduler = evil;
    run.identity.params[evil] = evil;
    run.failures[evil] = 1;
  }
  report.runs[0].identity.scheduler = "dense";
  for (std::string& name : report.runs[1].plan_map->block_names) name = evil;
  const std::string html = ReportHtml(report);
  EXPECT_FALSE(Has(html, "<script"));
  EXPECT_FALSE(Has(html, "alert(1)</script"));
  EXPECT_TRUE(Has(html, "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;"));
}

TEST(ReportHtml, StandsOneRunAndNone) {
  EXPECT_TRUE(Has(ReportHtml({{}, {}, QuickSummary({SampleRun("ddpm", "dense", "1")})}), "1 run"));
  EXPECT_TRUE(Has(ReportHtml({}), "0 runs"));
}

// Twenty rows whose plans differ in every cell from step to step and from replan to replan.
TEST(ReportHtml, StaysSmall) {
  Report report = FullReport();
  PlanMap map;
  map.steps = 100;
  map.blocks = 24;
  map.observations = 16;
  for (int cell = 0; cell < 2400; ++cell) map.computed.push_back((cell * 7 % 17) / 16.0);
  for (int replan = 0; replan < 12; ++replan) {
    std::string& plan = map.replans.emplace_back();
    for (int step = 0; step < 100; ++step) {
      for (int block = 0; block < 24; ++block) plan += (step + replan) % 2 == 0 ? '#' : '.';
      plan += '\n';
    }
  }
  map.replans_seen = 12;
  report.runs[1].plan_map = map;
  while (report.runs.size() < 20) report.runs.push_back(report.runs[1]);
  EXPECT_LT(ReportHtml(report).size(), 3'000'000U);
}

}  // namespace
}  // namespace sagbench
