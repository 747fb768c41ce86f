// sagbench report: the reports of run folders, made again from what the folders hold.
#include <cstdio>
#include <memory>

#include <fmt/core.h>

#include "core/error.h"
#include "results/folder_report.h"
#include "results/merge.h"
#include "results/report_markdown.h"
#include "tools/command.h"
#include "tools/report_files.h"

namespace sagbench {
namespace {

struct ReportArguments {
  std::vector<std::string> folders;
  SummaryOptions statistics;
};

int RunReports(const ReportArguments& arguments) {
  ExitCode code = ExitCode::kDone;
  for (const std::string& name : arguments.folders) {
    const RunFolder folder = ReadRunFolder(name);
    for (const std::string& notice : folder.notices) fmt::print(stderr, "sagbench: {}\n", notice);
    const Report report = ReportOf(folder, arguments.statistics);
    WriteReportFiles(name, report);
    fmt::print("{}", ReportMarkdown(report));
    const Coverage coverage = CoverageOf(folder);
    if (coverage.complete()) continue;
    code = ExitCode::kIncomplete;
    fmt::print(stderr, "sagbench: '{}' is incomplete: {}; go on with: {}\n", name,
               DescribeCoverage(coverage), ResumeCommand(folder.manifest, name));
  }
  return static_cast<int>(code);
}

}  // namespace

void AddReport(CLI::App& app, Command& run) {
  CLI::App* command =
      app.add_subcommand("report", "make the reports of run folders again, from the folders alone");
  auto arguments = std::make_shared<ReportArguments>();
  command->add_option("DIR", arguments->folders, "folders of sagbench run --out")->required();
  AddStatistics(*command, arguments->statistics);
  command->callback([arguments, &run] { run = [arguments] { return RunReports(*arguments); }; });
}

}  // namespace sagbench
