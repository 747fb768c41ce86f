// sagbench merge: one run folder from those of several shards.
#include "results/merge.h"

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

struct MergeArguments {
  std::vector<std::string> folders;
  std::string out;
};

int RunMerge(const MergeArguments& arguments) {
  std::vector<RunFolder> folders;
  for (const std::string& name : arguments.folders) {
    folders.push_back(ReadRunFolder(name));
    for (const std::string& notice : folders.back().notices) {
      fmt::print(stderr, "sagbench: {}\n", notice);
    }
  }
  const MergeResult merged = MergeRuns(folders, arguments.folders);
  WriteRunFolder(arguments.out, merged.folder);
  const Report report = ReportOf(merged.folder);
  WriteReportFiles(arguments.out, report);
  fmt::print("{}", ReportMarkdown(report));
  if (merged.duplicates > 0) {
    fmt::print(stderr, "sagbench: {} episodes were there more than once, with equal results\n",
               merged.duplicates);
  }
  const Coverage coverage = CoverageOf(merged.folder);
  if (coverage.complete()) return static_cast<int>(ExitCode::kDone);
  fmt::print(stderr, "sagbench: '{}' holds {}; the rest: {}\n", arguments.out,
             DescribeCoverage(coverage), ResumeCommand(merged.folder.manifest, arguments.out));
  return static_cast<int>(ExitCode::kIncomplete);
}

}  // namespace

void AddMerge(CLI::App& app, Command& run) {
  CLI::App* command =
      app.add_subcommand("merge", "one run folder from those of the shards of a run");
  auto arguments = std::make_shared<MergeArguments>();
  command->add_option("DIR", arguments->folders, "folders of sagbench run --shard")->required();
  command->add_option("--out", arguments->out, "the folder to make")->required();
  command->callback([arguments, &run] { run = [arguments] { return RunMerge(*arguments); }; });
}

}  // namespace sagbench
