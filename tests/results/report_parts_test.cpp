#include "results/report_parts.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/results/full_report.h"

namespace sagbench {
namespace {

TEST(ReportParts, NamesAreThoseThatVaryOrThatAllShare) {
  const Report report = SampleReport();
  std::vector<std::string> headers;
  for (const TextColumn& column : VaryingNames(report.runs)) headers.push_back(column.header);
  EXPECT_EQ(headers, (std::vector<std::string>{"sampler", "scheduler"}));
  EXPECT_EQ(CommonNames(report.runs),
            "task pusht, policy pusht-transformer, executor default, device cpu, first seed "
            "100000");
  EXPECT_EQ(CommonNames({}), "");
  ASSERT_EQ(VaryingNames({}).size(), 1U);
}

TEST(ReportParts, OnlyColumnsWithAFigure) {
  const auto has_spread = [](const std::vector<FigureColumn>& columns) {
    return std::any_of(columns.begin(), columns.end(), [](const FigureColumn& figure) {
      return figure.column.header == "spread" && !figure.note.empty();
    });
  };
  EXPECT_TRUE(has_spread(FigureColumns(SuccessColumns(), FullReport().runs)));
  EXPECT_FALSE(has_spread(FigureColumns(SuccessColumns(), SampleReport().runs)));
}

TEST(ReportParts, TheContextIsWhatIsKnown) {
  std::string names;
  for (const auto& [name, value] : ContextItems(SampleContext())) names += name + " ";
  EXPECT_EQ(names, "command commit build versions CPU date ");
  names.clear();
  for (const auto& [name, value] : ContextItems(FullReport().context)) names += name + " ";
  EXPECT_EQ(names, "command commit build versions CPU GPU driver clocks precision TF32 date ");
}

TEST(ReportParts, ExactIsWhatAnIntervalIs) {
  Report report = SampleReport();
  EXPECT_FALSE(IsExact(report));
  report.runs[0].success->exact = true;
  EXPECT_TRUE(IsExact(report));
  EXPECT_NE(TermsSentence().find("Baseline"), std::string::npos);
}

}  // namespace
}  // namespace sagbench
