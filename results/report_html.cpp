#include "results/report_html.h"

#include <algorithm>

#include <fmt/core.h>

#include "results/html.h"
#include "results/report_columns.h"
#include "results/report_csv.h"
#include "results/report_figures.h"
#include "results/report_parts.h"
#include "results/report_style.h"

namespace sagbench {
namespace {

std::string Cell(const TextColumn& column, size_t row) {
  const std::string& text = column.cells[row];
  std::string css = column.is_number ? "number" : "";
  if (text.empty()) css += css.empty() ? "none" : " none";
  return fmt::format("<td role=\"cell\" class=\"{}\" data-label=\"{}\">{}</td>", css,
                     HtmlEscaped(column.header), text.empty() ? "–" : HtmlEscaped(text));
}

std::string Header(const std::vector<TextColumn>& columns) {
  std::string html =
      "<thead role=\"rowgroup\"><tr role=\"row\"><th role=\"columnheader\" scope=\"col\">run</th>";
  for (const TextColumn& column : columns) {
    html += fmt::format("<th role=\"columnheader\" scope=\"col\" class=\"{}\">{}</th>",
                        column.is_number ? "number" : "", HtmlEscaped(column.header));
  }
  return html + "</tr></thead>";
}

// A line a run; on a narrow screen a card a run, which the roles keep a table.
std::string Table(const std::string& name, const std::vector<TextColumn>& columns,
                  const std::vector<RunReport>& runs) {
  std::string rows;
  for (size_t i = 0; i < runs.size(); ++i) {
    rows += fmt::format(
        "<tr role=\"row\" class=\"{0}\" data-run=\"{1}\"><th role=\"rowheader\" scope=\"row\" "
        "data-label=\"run\"><span class=\"badge\">{2}</span></th>",
        runs[i].is_baseline ? "baseline" : "", i, i + 1);
    for (const TextColumn& column : columns) rows += Cell(column, i);
    rows += "</tr>\n";
  }
  return fmt::format(
             "<div class=\"table cards\" tabindex=\"0\" role=\"region\" aria-label=\"{0}\">"
             "<table role=\"table\" aria-label=\"{0}\">",
             HtmlEscaped(name)) +
         Header(columns) + "<tbody role=\"rowgroup\">" + rows + "</tbody></table></div>\n";
}

std::string Definitions(const std::vector<std::pair<std::string, std::string>>& items) {
  std::string html = "<dl class=\"notes\">";
  for (const auto& [name, text] : items) {
    html += "<dt>" + HtmlEscaped(name) + "</dt><dd>" + HtmlEscaped(text) + "</dd>\n";
  }
  return html + "</dl>\n";
}

// A table of those columns that have a figure, and what they mean.
std::string TableSection(const std::string& id, const std::string& title,
                         const std::vector<ColumnRule>& rules, const std::vector<RunReport>& runs) {
  std::vector<TextColumn> columns = VaryingNames(runs);
  std::vector<std::pair<std::string, std::string>> notes;
  for (const FigureColumn& figure : FigureColumns(rules, runs)) {
    columns.push_back(figure.column);
    notes.emplace_back(figure.column.header, figure.note + ".");
  }
  if (notes.empty()) return "";
  notes.emplace_back("terms", TermsSentence());
  return "<section id=\"" + id + "\"><h2>" + title + "</h2>\n" + Table(title, columns, runs) +
         "<details><summary>What the columns mean</summary>" + Definitions(notes) +
         "</details></section>\n";
}

std::string Warnings(const Report& report) {
  if (report.warnings.empty()) return "";
  std::string items;
  for (const std::string& warning : report.warnings) {
    items += "<li>" + HtmlEscaped(warning) + "</li>\n";
  }
  return "<section class=\"warnings\" id=\"warnings\"><h2>What to doubt</h2><ul>" + items +
         "</ul></section>\n";
}

int64_t Count(const Report& report, Verdict verdict) {
  return std::count_if(report.runs.begin(), report.runs.end(), [verdict](const RunReport& run) {
    return run.versus_dense && run.versus_dense->verdict == verdict;
  });
}

// What came of it, in a paragraph.
std::string Summary(const Report& report) {
  const int64_t good = Count(report, Verdict::kNonInferior);
  const int64_t bad = Count(report, Verdict::kInferior);
  const int64_t open = Count(report, Verdict::kInconclusive);
  std::string text =
      fmt::format("{} run{}", report.runs.size(), report.runs.size() == 1 ? "" : "s");
  if (!report.context.date.empty()) text += ", begun " + report.context.date;
  if (!report.context.cpu.empty()) text += ", on " + report.context.cpu;
  text += ". ";
  if (good + bad + open == 0) return text;
  const auto compared = std::find_if(report.runs.begin(), report.runs.end(),
                                     [](const RunReport& run) { return run.versus_dense; });
  return text + fmt::format(
                    "Of {} compared with the dense baseline on the same episodes, {} solved as "
                    "many within {:g} points (non-inferior), {} lost more (inferior), {} cannot be "
                    "told with so few episodes (inconclusive).",
                    good + bad + open, good, 100.0 * compared->versus_dense->margin, bad, open);
}

// Every scalar figure with all its digits: a line a figure, a column a run.
std::string EveryFigure(const Report& report) {
  const std::vector<std::vector<std::string>> cells = CsvCells(report);
  std::string head = "<thead><tr><th scope=\"col\">figure</th>";
  for (size_t i = 0; i < cells.size(); ++i) {
    head += fmt::format("<th scope=\"col\"><span class=\"badge\">{}</span> {}</th>", i + 1,
                        HtmlEscaped(RunName(report.runs[i], report)));
  }
  std::string rows;
  for (size_t column = 0; column < CsvColumns().size(); ++column) {
    const std::string& key = CsvColumns()[column];
    const auto has = [column](const std::vector<std::string>& run) { return !run[column].empty(); };
    if (key.starts_with("context.") || std::none_of(cells.begin(), cells.end(), has)) continue;
    rows += "<tr><th scope=\"row\">" + key + "</th>";
    for (size_t i = 0; i < cells.size(); ++i) {
      rows += fmt::format("<td data-run=\"{}\" data-key=\"{}\">{}</td>", i, key,
                          HtmlEscaped(cells[i][column]));
    }
    rows += "</tr>\n";
  }
  return "<section id=\"figures\"><h2>Every figure</h2>\n<details><summary>All figures of the "
         "runs, "
         "with all their digits</summary><div class=\"table every\" tabindex=\"0\" "
         "role=\"region\" aria-label=\"Every figure\"><table>" +
         head + "</tr></thead><tbody>" + rows + "</tbody></table></div></details></section>\n";
}

std::string Title(const Report& report) {
  std::string tasks;
  for (const RunReport& run : report.runs) {
    const std::string& task = run.identity.task;
    if (tasks.find(task) == std::string::npos) tasks += (tasks.empty() ? ": " : ", ") + task;
  }
  return HtmlEscaped("sagbench report" + tasks);
}

// Links to the sections that are there.
std::string Contents(const std::string& body) {
  std::string items;
  for (const auto& [id, name] :
       std::vector<std::pair<std::string, std::string>>{{"success", "Success"},
                                                        {"cost", "Cost"},
                                                        {"charts", "Success against cost"},
                                                        {"latency", "Latency"},
                                                        {"plans", "What is computed"},
                                                        {"figures", "Every figure"},
                                                        {"context", "Where and how"}}) {
    if (body.find("id=\"" + id + "\"") == std::string::npos) continue;
    items += "<li><a href=\"#" + id + "\">" + name + "</a></li>";
  }
  return "<nav aria-label=\"Contents\"><ul>" + items + "</ul></nav>\n";
}

constexpr const char* kHead =
    "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta name=\"color-scheme\" content=\"light dark\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
    "'unsafe-inline'; img-src data:\">\n<link rel=\"icon\" href=\"data:,\">\n";

}  // namespace

std::string ReportHtml(const Report& report) {
  const std::string common = CommonNames(report.runs);
  std::string body =
      TableSection("success", "Success", SuccessColumns(IsExact(report)), report.runs);
  body += TableSection("cost", "Cost of an action chunk", CostColumns(), report.runs);
  body += SuccessFigures(report) + LatencyFigure(report) + PlanFigures(report);
  if (!report.runs.empty()) body += EveryFigure(report);
  body += "<section id=\"context\"><h2>Where and how</h2>\n" +
          Definitions(ContextItems(report.context)) + "</section>\n";
  std::string html = kHead;
  html += "<title>" + Title(report) + "</title>\n<style>" + kReportStyle + "</style></head>\n";
  html += "<body><a class=\"skip\" href=\"#main\">Skip to the report</a>\n";
  html += "<header><h1>" + Title(report) + "</h1>\n<p>" + HtmlEscaped(Summary(report)) + "</p>\n";
  if (!common.empty()) html += "<p class=\"common\">All runs: " + HtmlEscaped(common) + ".</p>\n";
  html += Contents(body) + "</header>\n<main id=\"main\" tabindex=\"-1\">\n";
  return html + Warnings(report) + body + "</main></body></html>\n";
}

}  // namespace sagbench
