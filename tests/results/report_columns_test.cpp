#include "results/report_columns.h"

#include <set>

#include <gtest/gtest.h>

#include "results/summary.h"
#include "tests/results/sample_runs.h"

namespace sagbench {
namespace {

std::vector<ColumnRule> AllColumns() {
  std::vector<ColumnRule> all = NameColumns();
  for (const auto& more : {SuccessColumns(), CostColumns()}) {
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
}

TEST(ReportColumns, HaveHeadersOfTheirOwn) {
  std::set<std::string> headers;
  for (const ColumnRule& column : AllColumns()) {
    EXPECT_FALSE(column.header.empty());
    EXPECT_TRUE(headers.insert(column.header).second) << column.header;
  }
}

TEST(ReportColumns, NameARunByWhatItIs) {
  RunReport run;
  run.identity = SampleIdentity("ddim:steps=16", "static-cache");
  std::string row;
  for (const ColumnRule& column : NameColumns()) row += column.cell(run) + "|";
  for (const char* part : {"pusht|", "ddim:steps=16|", "static-cache|"}) {
    EXPECT_NE(row.find(part), std::string::npos) << row;
  }
}

TEST(ReportColumns, AreEmptyWhereThereIsNoFigure) {
  const RunReport nothing;
  for (const ColumnRule& column : CostColumns())
    EXPECT_EQ(column.cell(nothing), "") << column.header;
}

TEST(ReportColumns, ShowSuccessOfTheEpisodes) {
  const std::vector<RunReport> rows = Summarise({SampleRun("ddpm", "dense", "1101")}, {});
  std::string row;
  for (const ColumnRule& column : SuccessColumns()) row += column.cell(rows[0]) + "|";
  EXPECT_NE(row.find("3/4|"), std::string::npos) << row;
}

TEST(ReportColumns, TheNoteNamesTheInterval) {
  EXPECT_NE(SuccessColumns()[2].note.find("Wilson"), std::string::npos);
  EXPECT_NE(SuccessColumns(true)[2].note.find("Clopper"), std::string::npos);
}

TEST(ReportColumns, ShowTheDeadlineAndCorrectedTests) {
  RunReport run;
  run.deadline = Deadline{.ms = 800.0, .missed = 3, .share = 0.15, .actions_per_s = 40.0};
  run.versus_dense.emplace().mcnemar_p_holm = 0.0625;
  std::string row;
  for (const auto& rules : {SuccessColumns(), CostColumns()}) {
    for (const ColumnRule& column : rules) row += column.cell(run) + "|";
  }
  for (const char* part : {"|0.062|", "|40.00|", "|15.0 (800 ms)|"}) {
    EXPECT_NE(row.find(part), std::string::npos) << row;
  }
  run.versus_dense->mcnemar_p_holm = 1e-9;
  row.clear();
  for (const ColumnRule& column : SuccessColumns()) row += column.cell(run) + "|";
  EXPECT_NE(row.find("|<0.001|"), std::string::npos) << row;
}

}  // namespace
}  // namespace sagbench
