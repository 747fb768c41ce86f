#include "tools/report_files.h"

#include "core/files.h"
#include "results/report_csv.h"
#include "results/report_html.h"
#include "results/report_json.h"
#include "results/report_markdown.h"

namespace sagbench {

void WriteReportFiles(const std::filesystem::path& folder, const Report& report) {
  WriteFileAtomically(folder / "report.json", ReportJsonText(report));
  WriteFileAtomically(folder / "report.md", ReportMarkdown(report));
  WriteFileAtomically(folder / "report.csv", ReportCsv(report));
  WriteFileAtomically(folder / "report.html", ReportHtml(report));
}

}  // namespace sagbench
