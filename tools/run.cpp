// sagbench run: rollouts, latency, report.
#include <cstdio>
#include <filesystem>
#include <memory>

#include <fmt/core.h>

#include "bench/dry_run.h"
#include "bench/failure_films.h"
#include "core/error.h"
#include "core/files.h"
#include "results/folder_report.h"
#include "results/report_csv.h"
#include "results/report_html.h"
#include "results/report_json.h"
#include "results/report_markdown.h"
#include "results/warnings.h"
#include "tools/command.h"
#include "tools/report_files.h"
#include "tools/run_request.h"

namespace sagbench {
namespace {

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

// With a folder the report is made of what is there, as `sagbench report` does.
Report MakeReport(const RunArguments& arguments, const SuiteResult& result) {
  if (!arguments.out.empty()) {
    return ReportOf(ReadRunFolder(arguments.out), arguments.request.summary);
  }
  Report report;
  report.context = arguments.request.context;
  AddClocks(result.clocks, &report.context);
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

void FilmFailuresOf(const RunArguments& arguments) {
  for (const FailureFilm& film : FilmFailures(arguments.out, arguments.request.settings.policy,
                                              arguments.video, ShowProgress(arguments.quiet))) {
    if (arguments.quiet && film.made) continue;
    fmt::print(stderr, "sagbench: {}{}\n", film.file.string(),
               film.made ? "" : " was not made: computed again here, the actions differ");
  }
}

int RunRun(RunArguments& arguments) {
  CompleteRequest(arguments);
  const SuiteRequest& request = arguments.request;
  if (arguments.dry_run) {
    fmt::print("{}", DryRunText(PlanSuite(request)));
    return static_cast<int>(ExitCode::kDone);
  }
  CheckOutputs(arguments);
  if (arguments.video > 0) CheckFilming(arguments.out);
  const SuiteResult result = RunSuite(request, ShowProgress(arguments.quiet));
  for (const std::string& notice : result.notices) fmt::print(stderr, "sagbench: {}\n", notice);
  WriteOutputs(arguments, MakeReport(arguments, result));
  if (!arguments.quiet) fmt::print(stderr, "sagbench: {}\n", DescribeTimes(result.times));
  if (arguments.video > 0 && !result.interrupted) FilmFailuresOf(arguments);
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
  app.add_option("--groups-at-once", r.settings.groups_at_once,
                 "batches in flight: environments step while the network is busy with another")
      ->default_val(1)
      ->check(CLI::Range(1, 16));
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
  app.add_option("--real-time", a.real_time,
                 "the environment goes on while a chunk is computed: for so many milliseconds, or "
                 "measured: each row's own latency");
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
      ->add_option(
          "--executor", a->executors,
          "eager, fused (CPU), graph (GPU), reference, or several: eager,fused:precision=bf16")
      ->default_val("eager");
  command
      ->add_option("--precision", a->precision,
                   "of matrix products, where the executor has a choice: float32, bf16, tf32")
      ->check(CLI::IsMember({"float32", "bf16", "tf32"}));
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
  command->add_option(
      "--take", a->request.take,
      "run folders: their episodes of the same rows are taken, not run again; another "
      "commit's where the first group comes out alike here");
  command
      ->add_option("--video", a->video,
                   "film so many failures of each row into DIR/videos (needs OSMesa and ffmpeg)")
      ->check(CLI::Range(0, 1000));
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
