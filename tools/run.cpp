// sagbench run: rollouts, latency, report.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>

#include <fmt/core.h>

#include "bench/dry_run.h"
#include "bench/machine.h"
#include "bench/shard.h"
#include "bench/suite.h"
#include "core/error.h"
#include "core/files.h"
#include "policies/sampler.h"
#include "results/folder_report.h"
#include "results/report_csv.h"
#include "results/report_html.h"
#include "results/report_json.h"
#include "results/report_markdown.h"
#include "results/warnings.h"
#include "schedulers/scheduler.h"
#include "tools/command.h"
#include "tools/report_files.h"
#include "tools/suite_file.h"

namespace sagbench {
namespace {

struct RunArguments {
  SuiteRequest request;
  int64_t episodes = 0;
  std::string tasks = "pusht", samplers = "ddpm", schedulers = "dense", device = "auto";
  std::string executors = "eager", precision;
  std::string out, json, markdown, csv, html, config, shard;
  std::vector<SuiteFileRows> rows;  // of the suite file
  int threads = 0;
  std::optional<double> within;  // percent
  bool no_baseline = false, no_latency = false, quiet = false, dry_run = false;
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
  for (const std::string& file :
       {arguments.json, arguments.markdown, arguments.csv, arguments.html}) {
    if (!file.empty()) MakeWritableFolder(std::filesystem::absolute(file).parent_path());
  }
}

void WriteOutputs(const RunArguments& arguments, const Report& report) {
  const std::string markdown = ReportMarkdown(report);
  if (!arguments.json.empty()) WriteFileAtomically(arguments.json, ReportJsonText(report));
  if (!arguments.markdown.empty()) WriteFileAtomically(arguments.markdown, markdown);
  if (!arguments.csv.empty()) WriteFileAtomically(arguments.csv, ReportCsv(report));
  if (!arguments.html.empty()) WriteFileAtomically(arguments.html, ReportHtml(report));
  if (!arguments.out.empty()) WriteReportFiles(arguments.out, report);
  fmt::print("{}", markdown);
}

// The executors with --precision as their knob of that name, where it is not typed there.
std::vector<std::string> WithPrecision(std::vector<std::string> executors,
                                       const std::string& precision) {
  if (precision.empty()) return executors;
  for (std::string& text : executors) {
    const ExecutorRegistry::Choice choice = Executors().Choose(text);
    if (ParsePlugin(text).knobs.contains("precision")) continue;
    const auto& knobs = choice.entry->knobs;
    if (std::any_of(knobs.begin(), knobs.end(),
                    [](const Knob& knob) { return knob.name == "precision"; })) {
      text += (text.find(':') == std::string::npos ? ":" : ",") + ("precision=" + precision);
    } else if (precision != "float32") {
      throw UsageError("executor '{}' computes in float32 alone, not in {}: give --executor fused",
                       choice.entry->name, precision);
    }
  }
  return executors;
}

// A set of rows; what it leaves out is as on the command line.
RowSet SetOf(const RunArguments& a, const SuiteFileRows& rows) {
  return {
      .tasks = SplitPluginList(rows.task.value_or(a.tasks)),
      .samplers = SplitChecked(rows.sampler.value_or(a.samplers), "sampler", Samplers(),
                               "scheduler", Schedulers()),
      .schedulers = SplitChecked(rows.scheduler.value_or(a.schedulers), "scheduler", Schedulers(),
                                 "sampler", Samplers()),
      .executors = WithPrecision(SplitPluginList(rows.executor.value_or(a.executors)), a.precision),
      .episodes = rows.episodes.value_or(a.episodes)};
}

// With a folder the report is made of what is there, as `sagbench report` does.
Report MakeReport(const RunArguments& arguments, const SuiteResult& result) {
  if (!arguments.out.empty()) {
    return ReportOf(ReadRunFolder(arguments.out), arguments.request.summary);
  }
  Report report;
  report.context = arguments.request.context;
  report.runs = result.runs;
  report.warnings = FindWarnings(report);
  if (result.interrupted) {
    report.warnings.push_back("interrupted: only the episodes that were finished are here");
  }
  return report;
}

std::string InterruptionSentence(const RunArguments& arguments) {
  if (arguments.out.empty()) return "interrupted; the report holds what was finished";
  const std::string resume = arguments.request.resume ? "" : " --resume";
  return "interrupted; go on with: " + CommandLine() + resume;
}

void ChooseShardOf(RunArguments& arguments) {
  if (arguments.out.empty()) throw UsageError("--shard needs a run folder: name it with --out");
  const ShardChoice choice =
      ChooseShard(arguments.shard, [](const char* name) { return std::getenv(name); });
  arguments.request.shard = choice.shard;
  if (arguments.quiet) return;
  fmt::print(stderr, "sagbench: shard {} of {}, by {}; latency is left to the merged run\n",
             choice.shard.index + 1, choice.shard.count, choice.source);
}

int RunRun(RunArguments& arguments) {
  SuiteRequest& request = arguments.request;
  if (arguments.rows.empty()) arguments.rows.emplace_back();
  for (const SuiteFileRows& rows : arguments.rows) request.rows.push_back(SetOf(arguments, rows));
  if (request.resume && arguments.out.empty()) {
    throw UsageError("--resume goes on in a run folder: name it with --out");
  }
  if (!arguments.shard.empty()) ChooseShardOf(arguments);
  if (request.summary.sequential && !arguments.shard.empty()) {
    throw UsageError("--sequential looks at all episodes so far, which a shard does not have: "
                     "leave out one of --sequential and --shard");
  }
  if (arguments.within) request.latency.within = *arguments.within / 100.0;
  request.settings.device = ChooseDevice(arguments.device);
  request.settings.threads = SetThreads(arguments.threads);
  request.settings.add_baseline = !arguments.no_baseline;
  request.measure_latency = !arguments.no_latency;
  request.latency.seed = request.settings.seed;
  request.summary.bootstrap.seed = request.settings.seed;
  request.folder = arguments.out;
  request.context =
      DescribeMachine(request.settings.device, request.settings.threads, CommandLine());
  if (arguments.dry_run) {
    fmt::print("{}", DryRunText(PlanSuite(request)));
    return static_cast<int>(ExitCode::kDone);
  }
  CheckOutputs(arguments);
  const SuiteResult result = RunSuite(request, ShowProgress(arguments.quiet));
  for (const std::string& notice : result.notices) fmt::print(stderr, "sagbench: {}\n", notice);
  WriteOutputs(arguments, MakeReport(arguments, result));
  if (!result.interrupted) return static_cast<int>(ExitCode::kDone);
  fmt::print(stderr, "sagbench: {}\n", InterruptionSentence(arguments));
  return static_cast<int>(ExitCode::kInterrupted);
}

void AddMeasuring(CLI::App& app, RunArguments& a) {
  SuiteRequest& r = a.request;
  app.add_option("--episodes", a.episodes, "episodes a row, seeds from --seed on")
      ->default_val(50)
      ->check(PositiveCount());
  app.add_option("--seed", r.settings.seed, "of the first episode; also keys the noise")
      ->default_val(100000);
  app.add_option("--batch", r.settings.batch, "episodes computed together; part of what a run is")
      ->default_val(25)
      ->check(PositiveCount());
  app.add_option("--samples", r.latency.samples, "timed chunks a run, at batch 1")
      ->default_val(200)
      ->check(PositiveCount());
  app.add_option("--warmup", r.latency.warmup, "chunks before timing")
      ->default_val(20)
      ->check(CLI::Range(0, 1000000));
  app.add_option("--within", a.within,
                 "stop timing before --samples once every median's 95 % interval lies within this "
                 "many percent of it")
      ->check(PositiveNumber());
  app.add_option("--threads", a.threads, "CPU threads (0: all)")->check(CLI::Range(0, 1024));
  app.add_flag("--no-baseline", a.no_baseline, "do not add the row dense under ddpm");
  app.add_flag("--no-latency", a.no_latency, "do not measure latency");
  app.add_flag("--sequential", r.summary.sequential,
               "stop each row when its verdict is reached, by a test that allows for looking after "
               "every group; --episodes is then the most");
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
  command->add_option("--policy", a->request.settings.policy,
                      "folder of a policy (default: the shipped one)");
  command
      ->add_option("--executor", a->executors,
                   "eager, fused (CPU), reference, or several: eager,fused:precision=bf16")
      ->default_val("eager");
  command
      ->add_option("--precision", a->precision,
                   "of weights, where the executor has a choice: float32 or bf16")
      ->check(CLI::IsMember({"float32", "bf16"}));
  command->add_option("--device", a->device, "auto, cpu or cuda")
      ->default_val("auto")
      ->check(CLI::IsMember({"auto", "cpu", "cuda"}));
  AddMeasuring(*command, *a);
  command->add_option("--config", a->config,
                      "suite file: these options as JSON, and rows; what is typed wins");
  command->add_option("--out", a->out, "run folder: each finished episode, the reports");
  command->add_option("--shard", a->shard,
                      "compute only part i of n, as i/n, or auto: as Slurm, Kubernetes or MPI say");
  command->add_flag("--resume", a->request.resume, "go on with what --out holds");
  command->add_option("--json", a->json, "file for the report as JSON");
  command->add_option("--markdown", a->markdown, "file for the report as Markdown");
  command->add_option("--csv", a->csv, "file for the report as CSV, a line a run");
  command->add_option("--html", a->html, "file for the report as one HTML page");
  AddStatistics(*command, a->request.summary);
  command->add_flag("--dry-run", a->dry_run,
                    "say what would run and about how long it takes; keep nothing");
  command->add_flag("--quiet", a->quiet, "no progress on stderr");
  command->callback([a, command, &run] {
    run = [a, command] {
      if (!a->config.empty()) a->rows = ApplySuiteFile(a->config, *command);
      return RunRun(*a);
    };
  });
}

}  // namespace sagbench
