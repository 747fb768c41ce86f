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

}  // namespace
}  // namespace sagbench
