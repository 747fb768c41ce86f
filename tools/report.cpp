// sagbench report: the reports of run folders, made again from what the folders hold.
#include <cstdio>
#include <memory>

#include <fmt/core.h>

#include "core/error.h"
#include "results/folder_report.h"
#include "results/report_markdown.h"
#include "tools/command.h"
#include "tools/report_files.h"

namespace sagbench {
namespace {

int RunReports(const std::vector<std::string>& folders) {
  ExitCode code = ExitCode::kDone;
  for (const std::string& name : folders) {
    const RunFolder folder = ReadRunFolder(name);
    for (const std::string& notice : folder.notices) fmt::print(stderr, "sagbench: {}\n", notice);
    const Report report = ReportOf(folder);
    WriteReportFiles(name, report);
    fmt::print("{}", ReportMarkdown(report));
    const Coverage coverage = CoverageOf(folder);
    if (coverage.complete()) continue;
    code = ExitCode::kIncomplete;
    fmt::print(stderr, "sagbench: '{}' is incomplete: {}; its command with --resume goes on: {}\n",
               name, DescribeCoverage(coverage), folder.manifest.context.command_line);
  }
  return static_cast<int>(code);
}

}  // namespace

void AddReport(CLI::App& app, Command& run) {
  CLI::App* command =
      app.add_subcommand("report", "make the reports of run folders again, from the folders alone");
  auto folders = std::make_shared<std::vector<std::string>>();
  command->add_option("DIR", *folders, "folders of sagbench run --out")->required();
  command->callback([folders, &run] { run = [folders] { return RunReports(*folders); }; });
}

}  // namespace sagbench
