// sagbench collect: demonstrations by a task's expert, as a robomimic-layout HDF5.
#include "bench/collect.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "core/build_info.h"
#include "core/error.h"
#include "tools/command.h"

namespace sagbench {
namespace {

struct CollectArguments {
  std::string task = "pusht", expert, out;
  std::vector<std::string> starts = {"reset"}, include;
  std::vector<int64_t> episodes = {100};
  uint64_t seed = 0, choice_seed = 0;
  double tolerance = -1.0;
  int64_t mode_check = 0;
  int threads = 0;
  bool resume = false, quiet = false;
};

// The expert with its knobs, as one text for the registry.
ExpertRegistry::Choice ChooseExpert(const CollectArguments& a) {
  std::string knobs = a.expert;
  if (a.tolerance >= 0.0)
    knobs += fmt::format("{}tolerance={}", knobs.empty() ? "" : ",", a.tolerance);
  return Experts().Choose(knobs.empty() ? a.task : a.task + ":" + knobs);
}

StartKind KindOf(const std::string& name) {
  return name == "reset" ? StartKind::kReset : StartKind::kNearGoal;
}

// One kind of start after the other, with consecutive seeds.
std::vector<ExpertRequest> Episodes(const CollectArguments& a) {
  if (a.episodes.size() != a.starts.size()) {
    throw UsageError("--episodes has {} numbers for {} kinds of --starts: give one for each",
                     a.episodes.size(), a.starts.size());
  }
  std::vector<ExpertRequest> episodes;
  uint64_t seed = a.seed;
  for (size_t i = 0; i < a.starts.size(); ++i) {
    const auto more = SeededStarts(KindOf(a.starts[i]), seed, a.episodes[i], a.choice_seed);
    episodes.insert(episodes.end(), more.begin(), more.end());
    seed += static_cast<uint64_t>(a.episodes[i]);
  }
  return episodes;
}

CollectRequest RequestFor(const CollectArguments& a, const ExpertRegistry::Choice& expert) {
  const TaskRegistry::Choice task = Tasks().Choose(a.task);
  CollectRequest request;
  request.episodes = Episodes(a);
  request.include.assign(a.include.begin(), a.include.end());
  const std::unique_ptr<Task> made = task.Make();
  for (const ObservationKey& key : made->spec().observation_keys) {
    request.observation_keys.push_back(key.name);
  }
  request.out = a.out;
  request.resume = a.resume;
  const nlohmann::json env = {
      {"env_name", task.entry->name}, {"env_kwargs", task.knobs.all()}, {"type", 2}};
  std::string starts;
  for (const std::string& start : a.starts) starts += (starts.empty() ? "" : ",") + start;
  request.attributes = {{"env_args", env.dump()},
                        {"task", task.Name()},
                        {"actor", "expert " + CanonicalName(expert.entry->name, expert.entry->knobs,
                                                            expert.knobs, true)},
                        {"starts", starts},
                        {"seed", std::to_string(a.seed)},
                        {"choice_seed", std::to_string(a.choice_seed)},
                        {"commit", GetBuildInfo().commit}};
  return request;
}

int PrintModeCheck(const ModeCheck& check) {
  fmt::print("{} of {} starts: the two demonstrations begin differently ({:.0f} %)\n",
             check.different, check.starts, 100.0 * check.different / check.starts);
  for (const auto& [mode, count] : check.modes) fmt::print("  {:<16} {}\n", mode, count);
  return static_cast<int>(ExitCode::kDone);
}

int RunCollect(const CollectArguments& a) {
  const ExpertRegistry::Choice expert = ChooseExpert(a);
  const ActorFactory make_actor = [&expert] {
    return [solver = std::shared_ptr<Expert>(expert.Make())](const ExpertRequest& request) {
      return solver->Solve(request);
    };
  };
  const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  const int threads = a.threads > 0 ? a.threads : cores;
  const ProgressSink progress = ShowProgress(a.quiet);
  if (a.mode_check > 0) {
    const StartKind kind = KindOf(a.starts.front());
    const auto starts = SeededStarts(kind, a.seed, a.mode_check, a.choice_seed);
    return PrintModeCheck(CheckModes(starts, make_actor, threads, progress));
  }
  if (a.out.empty()) throw UsageError("--out is missing: name the HDF5 file to write");
  CollectRequest request = RequestFor(a, expert);
  request.threads = threads;
  const CollectSummary summary = Collect(request, make_actor, progress);
  fmt::print(
      "{}: {} demonstrations, {} control steps; {} of {} episodes succeeded, {:.2f} s each "
      "(longest {:.2f})\n",
      a.out, summary.demonstrations, summary.steps, summary.successes, summary.episodes,
      summary.seconds / static_cast<double>(std::max<int64_t>(1, summary.episodes)),
      summary.longest);
  return static_cast<int>(ExitCode::kDone);
}

}  // namespace

void AddCollect(CLI::App& app, Command& run) {
  CLI::App* collect = app.add_subcommand("collect", "demonstrations by the task's expert");
  auto a = std::make_shared<CollectArguments>();
  collect->add_option("--task", a->task, "task")->default_val("pusht");
  collect->add_option("--expert", a->expert, "knobs of the expert, e.g. beam=20,tolerance=4");
  collect->add_option("--tolerance", a->tolerance, "the expert's knob of that name")
      ->check(CLI::Range(0.0, 1e9));
  collect->add_option("--starts", a->starts, "reset, near-goal or both: reset,near-goal")
      ->delimiter(',')
      ->check(CLI::IsMember({"reset", "near-goal"}))
      ->default_str("reset");
  collect->add_option("--episodes", a->episodes, "episodes for each kind of start")
      ->delimiter(',')
      ->check(PositiveCount())
      ->default_str("100");
  collect->add_option("--seed", a->seed, "of the first episode; all below 100000")->default_val(0);
  collect->add_option("--choice-seed", a->choice_seed, "other choices from the same starts")
      ->default_val(0);
  collect->add_option("--include", a->include, "demonstrations of these files come first")
      ->delimiter(',');
  collect->add_option("--out", a->out, "HDF5 file to write");
  collect->add_option("--threads", a->threads, "episodes at a time (0: all cores)")
      ->check(CLI::Range(0, 1024));
  collect
      ->add_option("--mode-check", a->mode_check,
                   "instead: solve N starts twice and count how often the first choices differ")
      ->check(PositiveCount());
  collect->add_flag("--resume", a->resume, "go on from OUT.parts");
  collect->add_flag("--quiet", a->quiet, "no progress on stderr");
  collect->callback([a, &run] { run = [a] { return RunCollect(*a); }; });
}

}  // namespace sagbench
