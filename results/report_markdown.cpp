#include "results/report_markdown.h"

#include <algorithm>
#include <set>
#include <vector>

#include <fmt/core.h>

#include "results/report_columns.h"
#include "results/text_table.h"

namespace sagbench {
namespace {

constexpr size_t kMaxTableWidth = 160;

TextColumn Fill(const ColumnRule& rule, const std::vector<RunReport>& runs) {
  TextColumn column{rule.header, rule.is_number, {}};
  for (const RunReport& run : runs) column.cells.push_back(rule.cell(run));
  return column;
}

size_t DistinctCells(const TextColumn& column) {
  return std::set<std::string>(column.cells.begin(), column.cells.end()).size();
}

bool IsEmpty(const TextColumn& column) {
  return std::all_of(column.cells.begin(), column.cells.end(),
                     [](const std::string& cell) { return cell.empty(); });
}

// The columns that tell the runs apart; the scheduler is one in any case.
std::vector<TextColumn> VaryingNames(const std::vector<RunReport>& runs) {
  std::vector<TextColumn> varying;
  for (const ColumnRule& rule : NameColumns()) {
    TextColumn column = Fill(rule, runs);
    if (DistinctCells(column) > 1 || rule.header == "scheduler") varying.push_back(column);
  }
  return varying;
}

// "task pusht, sampler ddpm, ..." of what all runs share.
std::string CommonNames(const std::vector<RunReport>& runs) {
  std::string text;
  for (const ColumnRule& rule : NameColumns()) {
    const TextColumn column = Fill(rule, runs);
    const bool shown = DistinctCells(column) != 1 || IsEmpty(column) || rule.header == "scheduler";
    if (!shown) text += (text.empty() ? "" : ", ") + rule.header + " " + column.cells.front();
  }
  return text;
}

// Tables of the names and of as many columns as fit beside them.
std::string Tables(const std::vector<TextColumn>& names, const std::vector<TextColumn>& figures) {
  std::string text;
  std::vector<TextColumn> columns = names;
  for (const TextColumn& figure : figures) {
    columns.push_back(figure);
    if (TableWidth(columns) <= kMaxTableWidth || columns.size() == names.size() + 1) continue;
    columns.pop_back();
    text += RenderTable(columns) + "\n";
    columns = names;
    columns.push_back(figure);
  }
  return text + RenderTable(columns) + "\n";
}

// Headed tables of those columns that have a figure, adding the columns' notes.
std::string Section(const std::string& title, const std::vector<ColumnRule>& rules,
                    const std::vector<RunReport>& runs, std::string* notes) {
  std::vector<TextColumn> figures;
  for (const ColumnRule& rule : rules) {
    TextColumn column = Fill(rule, runs);
    if (IsEmpty(column)) continue;
    figures.push_back(std::move(column));
    *notes += fmt::format("- {}: {}.\n", rule.header, rule.note);
  }
  if (figures.empty()) return "";
  return "## " + title + "\n\n" + Tables(VaryingNames(runs), figures);
}

std::string ContextList(const Context& context) {
  std::string text;
  const auto add = [&text](const char* name, const std::string& value) {
    if (!value.empty()) text += fmt::format("- {}: {}\n", name, value);
  };
  std::string versions;
  for (const auto& [name, version] : context.versions) {
    versions += (versions.empty() ? "" : ", ") + name + " " + version;
  }
  add("command", context.command_line.empty() ? "" : "`" + context.command_line + "`");
  add("commit", context.commit);
  add("build", context.build_type + (context.flags.empty() ? "" : " (" + context.flags + ")"));
  add("versions", versions);
  add("CPU", fmt::format("{}, {} threads", context.cpu, context.threads));
  add("GPU", context.gpu.value_or(""));
  add("driver", context.driver.value_or(""));
  add("clocks", context.clocks.value_or(""));
  add("precision", context.precision.value_or(""));
  if (context.tf32) add("TF32", *context.tf32 ? "on" : "off");
  add("date", context.date);
  return text;
}

}  // namespace

std::string ReportMarkdown(const Report& report) {
  std::string notes;
  std::string text = "# sagbench report\n\n";
  const std::string common = CommonNames(report.runs);
  if (!common.empty()) text += "All runs: " + common + ".\n\n";
  text += Section("Success", SuccessColumns(), report.runs, &notes);
  text += Section("Cost of an action chunk", CostColumns(), report.runs, &notes);
  if (!report.warnings.empty()) text += "## Warnings\n\n";
  for (const std::string& warning : report.warnings) text += "- " + warning + "\n";
  if (!report.warnings.empty()) text += "\n";
  text += "## Columns\n\n" + notes;
  text +=
      "- Baseline is dense under ddpm with its 100 steps; a cell is one block of the network in "
      "one denoising step.\n\n";
  return text + "## Context\n\n" + ContextList(report.context);
}

}  // namespace sagbench
