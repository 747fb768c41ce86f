#include "results/report_markdown.h"

#include <vector>

#include <fmt/core.h>

#include "results/report_columns.h"
#include "results/report_parts.h"
#include "results/text_table.h"

namespace sagbench {
namespace {

constexpr size_t kMaxTableWidth = 160;

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
  for (const FigureColumn& figure : FigureColumns(rules, runs)) {
    figures.push_back(figure.column);
    *notes += fmt::format("- {}: {}.\n", figure.column.header, figure.note);
  }
  if (figures.empty()) return "";
  return "## " + title + "\n\n" + Tables(VaryingNames(runs), figures);
}

std::string ContextList(const Context& context) {
  std::string text;
  for (const auto& [name, value] : ContextItems(context)) {
    const char* quote = name == "command" ? "`" : "";
    text += fmt::format("- {}: {}{}{}\n", name, quote, value, quote);
  }
  return text;
}

}  // namespace

std::string ReportMarkdown(const Report& report) {
  std::string notes;
  std::string text = "# sagbench report\n\n";
  const std::string common = CommonNames(report.runs);
  if (!common.empty()) text += "All runs: " + common + ".\n\n";
  text += Section("Success", SuccessColumns(IsExact(report)), report.runs, &notes);
  text += Section("Cost of an action chunk", CostColumns(), report.runs, &notes);
  if (!report.warnings.empty()) text += "## Warnings\n\n";
  for (const std::string& warning : report.warnings) text += "- " + warning + "\n";
  if (!report.warnings.empty()) text += "\n";
  text += "## Columns\n\n" + notes;
  text += "- " + TermsSentence() + "\n\n";
  return text + "## Context\n\n" + ContextList(report.context);
}

}  // namespace sagbench
