#include "results/report_parts.h"

#include <algorithm>
#include <set>

#include <fmt/core.h>

namespace sagbench {
namespace {

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

std::string Versions(const Context& context) {
  std::string versions;
  for (const auto& [name, version] : context.versions) {
    versions += (versions.empty() ? "" : ", ") + name + " " + version;
  }
  return versions;
}

}  // namespace

std::vector<FigureColumn> FigureColumns(const std::vector<ColumnRule>& rules,
                                        const std::vector<RunReport>& runs) {
  std::vector<FigureColumn> columns;
  for (const ColumnRule& rule : rules) {
    TextColumn column = Fill(rule, runs);
    if (!IsEmpty(column)) columns.push_back({std::move(column), rule.note});
  }
  return columns;
}

std::vector<TextColumn> VaryingNames(const std::vector<RunReport>& runs) {
  std::vector<TextColumn> varying;
  for (const ColumnRule& rule : NameColumns()) {
    TextColumn column = Fill(rule, runs);
    if (DistinctCells(column) > 1 || rule.header == "scheduler") varying.push_back(column);
  }
  return varying;
}

std::string CommonNames(const std::vector<RunReport>& runs) {
  std::string text;
  for (const ColumnRule& rule : NameColumns()) {
    const TextColumn column = Fill(rule, runs);
    const bool shown = DistinctCells(column) != 1 || IsEmpty(column) || rule.header == "scheduler";
    if (!shown) text += (text.empty() ? "" : ", ") + rule.header + " " + column.cells.front();
  }
  return text;
}

std::vector<std::pair<std::string, std::string>> ContextItems(const Context& context) {
  std::vector<std::pair<std::string, std::string>> items;
  const auto add = [&items](const char* name, const std::string& value) {
    if (!value.empty()) items.emplace_back(name, value);
  };
  add("command", context.command_line);
  add("commit", context.commit);
  add("build", context.build_type + (context.flags.empty() ? "" : " (" + context.flags + ")"));
  add("versions", Versions(context));
  add("CPU", fmt::format("{}, {} threads", context.cpu, context.threads));
  add("GPU", context.gpu.value_or(""));
  add("driver", context.driver.value_or(""));
  add("clocks", context.clocks.value_or(""));
  add("precision", context.precision.value_or(""));
  if (context.tf32) add("TF32", *context.tf32 ? "on" : "off");
  add("date", context.date);
  return items;
}

bool IsExact(const Report& report) {
  return std::any_of(report.runs.begin(), report.runs.end(),
                     [](const RunReport& run) { return run.success && run.success->exact; });
}

std::string TermsSentence() {
  return "Baseline is dense under ddpm with its 100 steps; a cell is one block of the network in "
         "one denoising step.";
}

}  // namespace sagbench
