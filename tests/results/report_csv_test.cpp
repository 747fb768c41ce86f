#include "results/report_csv.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "results/report_json.h"
#include "tests/results/full_report.h"

namespace sagbench {
namespace {

// The fields of each line, as RFC 4180 reads them.
std::vector<std::vector<std::string>> Parsed(const std::string& text) {
  std::vector<std::vector<std::string>> lines;
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"' && quoted && i + 1 < text.size() && text[i + 1] == '"') {
      fields.back() += text[++i];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      fields.emplace_back();
    } else if (c == '\r' && !quoted && text[i + 1] == '\n') {
      lines.push_back(fields);
      fields.assign(1, "");
      ++i;
    } else {
      fields.back() += c;
    }
  }
  EXPECT_EQ(fields, std::vector<std::string>{""}) << "the text ends with a line break";
  return lines;
}

std::string At(const Report& report, size_t run, const std::string& column) {
  const auto& columns = CsvColumns();
  const auto found = std::find(columns.begin(), columns.end(), column);
  EXPECT_NE(found, columns.end()) << column;
  return CsvCells(report)[run][static_cast<size_t>(found - columns.begin())];
}

TEST(ReportCsv, ALineARunWithTheSameColumnsWhateverWasMeasured) {
  for (const Report& report : {FullReport(), SampleReport(), Report{}}) {
    const auto lines = Parsed(ReportCsv(report));
    ASSERT_EQ(lines.size(), report.runs.size() + 1);
    EXPECT_EQ(lines[0], CsvColumns());
    for (const auto& line : lines) EXPECT_EQ(line.size(), CsvColumns().size());
    for (size_t i = 0; i < report.runs.size(); ++i) EXPECT_EQ(lines[i + 1], CsvCells(report)[i]);
  }
}

TEST(ReportCsv, FiguresAreThoseOfTheJson) {
  const Report report = FullReport();
  const auto run = ToJson(report)["runs"][1];
  EXPECT_EQ(At(report, 1, "success.rate"), run["success"]["rate"].dump());
  EXPECT_EQ(At(report, 1, "success.ci95.high"), run["success"]["ci95"][1].dump());
  EXPECT_EQ(At(report, 1, "versus_dense.mcnemar_p_holm"),
            run["versus_dense"]["mcnemar_p_holm"].dump());
  EXPECT_EQ(At(report, 1, "speedup.latency_ci95.low"), run["speedup"]["latency_ci95"][0].dump());
  EXPECT_EQ(At(report, 1, "params"), "sampler.steps=100");
  EXPECT_EQ(At(report, 1, "failures"), "timeout=3");
  EXPECT_EQ(At(report, 1, "context.versions"), "mujoco=4.0.0;torch=2.11.0");
  EXPECT_EQ(At(report, 1, "discriminating"), "true");
  EXPECT_EQ(At(report, 0, "versus_dense.verdict"), "");
}

// Whoever adds a figure to report.json adds its column.
TEST(ReportCsv, EveryScalarFigureHasAColumn) {
  const auto json = ToJson(FullReport());
  std::set<std::string> columns(CsvColumns().begin(), CsvColumns().end());
  EXPECT_EQ(columns.size(), CsvColumns().size()) << "a name is there twice";
  for (const auto& column : CsvColumns()) EXPECT_NE(At(FullReport(), 1, column), "") << column;
  const auto flat = json["runs"][1].flatten();
  for (const auto& [pointer, value] : flat.items()) {
    std::string path = pointer.substr(1);
    std::replace(path.begin(), path.end(), '/', '.');
    const auto is_of = [&path](const char* list) { return path.starts_with(list); };
    if (is_of("latency_ms.samples") || is_of("plan_map.computed") || is_of("plan_map.replans.") ||
        is_of("plan_map.block_names") || is_of("params") || is_of("failures")) {
      continue;
    }
    if (path.ends_with("ci95.0")) path.replace(path.size() - 1, 1, "low");
    if (path.ends_with("ci95.1")) path.replace(path.size() - 1, 1, "high");
    EXPECT_TRUE(columns.contains(path)) << path;
  }
}

TEST(ReportCsv, FieldsAreQuotedWhereTheyMustBe) {
  Report report = SampleReport();
  report.runs[0].identity.policy_name = "a, \"b\"\r\nc";
  const std::string text = ReportCsv(report);
  EXPECT_NE(text.find("\"a, \"\"b\"\"\r\nc\""), std::string::npos);
  EXPECT_EQ(Parsed(text)[1], CsvCells(report)[0]);
  report.runs[0].identity.policy_name = "plain name";
  EXPECT_NE(ReportCsv(report).find(",plain name,"), std::string::npos);
}

}  // namespace
}  // namespace sagbench
