// sagbench run: rollouts, latency, report.
#include <cstdio>
#include <filesystem>
#include <memory>

#include <fmt/core.h>

#include "bench/machine.h"
#include "bench/suite.h"
#include "core/error.h"
#include "core/files.h"
#include "core/json_lines.h"
#include "policies/sampler.h"
#include "results/report_json.h"
#include "results/report_markdown.h"
#include "results/warnings.h"
#include "schedulers/scheduler.h"
#include "tools/command.h"

namespace sagbench {
namespace {

struct RunArguments {
  SuiteRequest request;
  std::string tasks = "pusht", samplers = "ddpm", schedulers = "dense", device = "auto";
  std::string executors = "eager";
  std::string out, json, markdown;
  int threads = 0;
  bool no_baseline = false, no_latency = false, quiet = false;
};

// A list in which a sampler's name was typed for a scheduler, or the other way round, gets a hint.
template <class Wanted, class Other>
std::vector<std::string> SplitChecked(const std::string& text, const char* wanted_name,
                                      const Wanted& wanted, const char* other_name,
                                      const Other& other) {
  std::vector<std::string> items = SplitPluginList(text);
  for (const std::string& item : items) {
    const std::string name = ParsePlugin(item).name;
    if (!wanted.Has(name) && other.Has(name)) {
      throw UsageError("'{}' is a {}, not a {}: give it with --{}; valid {}s are {}", name,
                       other_name, wanted_name, other_name, wanted_name,
                       JoinNames(wanted.entries()));
    }
  }
  return items;
}

void CheckOutputs(const RunArguments& arguments) {
  if (!arguments.out.empty()) MakeWritableFolder(arguments.out);
  for (const std::string& file : {arguments.json, arguments.markdown}) {
    if (!file.empty()) MakeWritableFolder(std::filesystem::absolute(file).parent_path());
  }
}

void WriteOutputs(const RunArguments& arguments, const Report& report,
                  const std::vector<EpisodeRecord>& episodes) {
  const std::string json = ReportJsonText(report);
  const std::string markdown = ReportMarkdown(report);
  if (!arguments.json.empty()) WriteFileAtomically(arguments.json, json);
  if (!arguments.markdown.empty()) WriteFileAtomically(arguments.markdown, markdown);
  if (!arguments.out.empty()) {
    const std::filesystem::path folder = arguments.out;
    std::filesystem::remove(folder / "episodes.jsonl");
    JsonLinesWriter writer(folder / "episodes.jsonl");
    for (const EpisodeRecord& episode : episodes) writer.Append(ToJson(episode));
    WriteFileAtomically(folder / "report.json", json);
    WriteFileAtomically(folder / "report.md", markdown);
  }
  fmt::print("{}", markdown);
}

int RunRun(RunArguments& arguments) {
  SuiteRequest& request = arguments.request;
  request.tasks = SplitPluginList(arguments.tasks);
  request.samplers =
      SplitChecked(arguments.samplers, "sampler", Samplers(), "scheduler", Schedulers());
  request.schedulers =
      SplitChecked(arguments.schedulers, "scheduler", Schedulers(), "sampler", Samplers());
  request.executors = SplitPluginList(arguments.executors);
  request.device = ChooseDevice(arguments.device);
  request.threads = SetThreads(arguments.threads);
  request.add_baseline = !arguments.no_baseline;
  request.measure_latency = !arguments.no_latency;
  request.latency.seed = request.seed;
  request.summary.bootstrap.seed = request.seed;
  CheckOutputs(arguments);
  const SuiteResult result = RunSuite(request, ShowProgress(arguments.quiet));
  Report report;
  report.context = DescribeMachine(request.device, request.threads, CommandLine());
  report.runs = result.runs;
  report.warnings = FindWarnings(report);
  if (result.interrupted) {
    report.warnings.push_back("interrupted: only the episodes that were finished are here");
  }
  WriteOutputs(arguments, report, result.episodes);
  if (!result.interrupted) return static_cast<int>(ExitCode::kDone);
  fmt::print(stderr, "sagbench: interrupted; the report holds what was finished\n");
  return static_cast<int>(ExitCode::kInterrupted);
}

void AddMeasuring(CLI::App& app, RunArguments& a) {
  SuiteRequest& r = a.request;
  app.add_option("--episodes", r.episodes, "episodes a run, seeds from --seed on")
      ->default_val(50)
      ->check(PositiveCount());
  app.add_option("--seed", r.seed, "of the first episode; also keys the noise")
      ->default_val(100000);
  app.add_option("--batch", r.batch, "episodes computed together; part of what a run is")
      ->default_val(25)
      ->check(PositiveCount());
  app.add_option("--samples", r.latency.samples, "timed chunks a run, at batch 1")
      ->default_val(200)
      ->check(PositiveCount());
  app.add_option("--warmup", r.latency.warmup, "chunks before timing")
      ->default_val(20)
      ->check(CLI::Range(0, 1000000));
  app.add_option("--threads", a.threads, "CPU threads (0: all)")->check(CLI::Range(0, 1024));
  app.add_flag("--no-baseline", a.no_baseline, "do not add the row dense under ddpm");
  app.add_flag("--no-latency", a.no_latency, "do not measure latency");
  app.add_flag("--spread", r.measure_spread,
               "also how far 16 draws of one observation's chunk lie apart, as a ratio to dense");
}

}  // namespace

void AddRun(CLI::App& app, Command& run) {
  CLI::App* command = app.add_subcommand("run", "rollouts, latency and a report; lists multiply");
  auto a = std::make_shared<RunArguments>();
  command->add_option("--task", a->tasks, "tasks, e.g. pusht")->default_val("pusht");
  command->add_option("--sampler", a->samplers, "samplers, e.g. ddpm,ddim:steps=16")
      ->default_val("ddpm");
  command
      ->add_option("--scheduler", a->schedulers, "schedulers, e.g. dense,static-cache:interval=5")
      ->default_val("dense");
  command->add_option("--policy", a->request.policy,
                      "folder of a policy (default: the shipped one)");
  command
      ->add_option("--executor", a->executors,
                   "eager, fused (CPU), reference, or several: eager,fused:precision=bf16")
      ->default_val("eager");
  command->add_option("--device", a->device, "auto, cpu or cuda")
      ->default_val("auto")
      ->check(CLI::IsMember({"auto", "cpu", "cuda"}));
  AddMeasuring(*command, *a);
  command->add_option("--out", a->out, "folder for report.json, report.md, episodes.jsonl");
  command->add_option("--json", a->json, "file for the report as JSON");
  command->add_option("--markdown", a->markdown, "file for the report as Markdown");
  command->add_flag("--quiet", a->quiet, "no progress on stderr");
  command->callback([a, &run] { run = [a] { return RunRun(*a); }; });
}

}  // namespace sagbench
