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

#include "bench/policy_demos.h"
#include "bench/task_choice.h"
#include "core/build_info.h"
#include "core/error.h"
#include "tools/command.h"

namespace sagbench {
namespace {

struct CollectArguments {
  std::string task = "pusht", expert, out, actor = "expert", policy, sampler = "ddim:steps=16";
  std::string keep = "successes";
  std::vector<std::string> starts = {"reset"}, include;
  std::vector<int64_t> episodes = {100};
  uint64_t seed = 0, choice_seed = 0;
  double tolerance = -1.0, visited_reward = 0.0;
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
  if (name == "visited") return StartKind::kState;
  return name == "reset" ? StartKind::kReset : StartKind::kNearGoal;
}

Keep KeepOf(const std::string& name) {
  if (name == "all") return Keep::kAll;
  return name == "failures" ? Keep::kFailures : Keep::kSuccesses;
}

// The policy that acts, or whose states are visited.
struct Driving {
  std::unique_ptr<Policy> policy;
  PolicyDriver driver;
};

Driving LoadDriving(const CollectArguments& a, int threads) {
  if (a.policy.empty()) {
    throw UsageError("--policy is missing: --starts visited and --actor policy need its folder");
  }
  Driving driving;
  driving.policy = std::make_unique<Policy>(LoadPolicy(a.policy));
  driving.driver = {.policy = driving.policy.get(),
                    .task = ChooseTaskFor(driving.policy->config, a.task),
                    .sampler = a.sampler,
                    .threads = threads,
                    .min_reward = a.visited_reward};
  const std::string name = driving.driver.task.entry->name, task = driving.driver.task.Name();
  if (a.actor == "expert" && task != name) {
    throw UsageError(
        "the expert acts in '{}', the policy in '{}': give --actor policy, or a policy of the "
        "default settings",
        name, task);
  }
  return driving;
}

bool NeedsPolicy(const CollectArguments& a) {
  return a.actor == "policy" ||
         std::find(a.starts.begin(), a.starts.end(), "visited") != a.starts.end();
}

// One kind of start after the other, with consecutive seeds.
std::vector<ExpertRequest> Episodes(const CollectArguments& a, const PolicyDriver* driver,
                                    const ProgressSink& progress) {
  const bool visits = std::find(a.starts.begin(), a.starts.end(), "visited") != a.starts.end();
  if (a.visited_reward > 0.0 && !visits) {
    throw UsageError("--visited-reward {} needs --starts visited", a.visited_reward);
  }
  if (a.episodes.size() != a.starts.size()) {
    throw UsageError("--episodes has {} numbers for {} kinds of --starts: give one for each",
                     a.episodes.size(), a.starts.size());
  }
  std::vector<ExpertRequest> episodes;
  uint64_t seed = a.seed;
  for (size_t i = 0; i < a.starts.size(); ++i) {
    const StartKind kind = KindOf(a.starts[i]);
    const auto more = kind == StartKind::kState
                          ? VisitedStarts(*driver, seed, a.episodes[i], a.choice_seed, progress)
                          : SeededStarts(kind, seed, a.episodes[i], a.choice_seed);
    episodes.insert(episodes.end(), more.begin(), more.end());
    seed += static_cast<uint64_t>(a.episodes[i]);
  }
  return episodes;
}

CollectRequest RequestFor(const CollectArguments& a, const ExpertRegistry::Choice& expert,
                          const Driving& driving, const ProgressSink& progress) {
  const TaskRegistry::Choice task = driving.policy ? driving.driver.task : Tasks().Choose(a.task);
  CollectRequest request;
  request.episodes = Episodes(a, &driving.driver, progress);
  request.include.assign(a.include.begin(), a.include.end());
  const std::unique_ptr<Task> made = task.Make();
  for (const ObservationKey& key : made->spec().observation_keys) {
    request.observation_keys.push_back(key.name);
  }
  request.out = a.out;
  request.keep = KeepOf(a.keep);
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
  if (driving.policy) {
    request.attributes["policy"] = driving.policy->sha256;
    request.attributes["sampler"] = a.sampler;
    request.attributes["visited_reward"] = fmt::format("{}", a.visited_reward);
  }
  if (a.actor == "policy") request.attributes["actor"] = "policy " + driving.policy->sha256;
  return request;
}

void PrintModes(const std::map<std::string, int64_t>& modes) {
  int64_t all = 0;
  for (const auto& [mode, count] : modes) all += count;
  for (const auto& [mode, count] : modes) {
    fmt::print("  {:<24} {:>6} {:>5.1f} %\n", mode, count,
               100.0 * static_cast<double>(count) / static_cast<double>(all));
  }
}

int PrintModeCheck(const ModeCheck& check) {
  fmt::print("{} of {} starts: the two demonstrations begin differently ({:.0f} %)\n",
             check.different, check.starts, 100.0 * check.different / check.starts);
  PrintModes(check.modes);
  return static_cast<int>(ExitCode::kDone);
}

int RunCollect(const CollectArguments& a) {
  const ExpertRegistry::Choice expert = ChooseExpert(a);
  const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  const int threads = a.threads > 0 ? a.threads : cores;
  const Driving driving = NeedsPolicy(a) ? LoadDriving(a, threads) : Driving{};
  const ActorFactory make_actor = [&]() -> Actor {
    if (a.actor == "policy") return MakePolicyActor(driving.driver);
    return [solver = std::shared_ptr<Expert>(expert.Make())](const ExpertRequest& request) {
      return solver->Solve(request);
    };
  };
  const ProgressSink progress = ShowProgress(a.quiet);
  if (a.mode_check > 0) {
    const StartKind kind = KindOf(a.starts.front());
    if (kind == StartKind::kState) {
      throw UsageError("--mode-check takes --starts reset or near-goal, not visited");
    }
    const auto starts = SeededStarts(kind, a.seed, a.mode_check, a.choice_seed);
    return PrintModeCheck(CheckModes(starts, make_actor, threads, progress));
  }
  if (a.out.empty()) throw UsageError("--out is missing: name the HDF5 file to write");
  CollectRequest request = RequestFor(a, expert, driving, progress);
  request.threads = threads;
  const CollectSummary summary = Collect(request, make_actor, progress);
  fmt::print(
      "{}: {} demonstrations, {} control steps; {} of {} episodes succeeded, {:.2f} s each "
      "(longest {:.2f})\n",
      a.out, summary.demonstrations, summary.steps, summary.successes, summary.episodes,
      summary.seconds / static_cast<double>(std::max<int64_t>(1, summary.episodes)),
      summary.longest);
  if (!summary.modes.empty()) fmt::print("first choices:\n");
  PrintModes(summary.modes);
  return static_cast<int>(ExitCode::kDone);
}

}  // namespace

void AddCollect(CLI::App& app, Command& run) {
  CLI::App* collect = app.add_subcommand("collect", "demonstrations by the task's expert");
  auto a = std::make_shared<CollectArguments>();
  collect->add_option("--task", a->task, "task")->default_val("pusht");
  collect->add_option("--expert", a->expert, "knobs of the expert, e.g. beam=20,tolerance=4");
  collect->add_option("--tolerance", a->tolerance, "the expert's knob of that name")
      ->check(NumberBetween(0.0, 1e9));
  collect->add_option("--starts", a->starts, "reset, near-goal, visited (by --policy), or a list")
      ->delimiter(',')
      ->check(CLI::IsMember({"reset", "near-goal", "visited"}))
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
  collect->add_option("--actor", a->actor, "who acts")
      ->default_val("expert")
      ->check(CLI::IsMember({"expert", "policy"}));
  collect->add_option("--policy", a->policy, "folder of the policy that acts or visits");
  collect->add_option("--sampler", a->sampler, "of that policy")->default_val("ddim:steps=16");
  collect
      ->add_option("--visited-reward", a->visited_reward,
                   "of visited states: only those where the reward is at least this")
      ->check(NumberBetween(0.0, 1.0));
  collect->add_option("--keep", a->keep, "episodes for the file: successes, failures or all")
      ->check(CLI::IsMember({"successes", "failures", "all"}))
      ->default_val("successes");
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
