// sagbench plan: what a scheduler makes of an observation, as a map, a file or a picture.
#include <memory>

#include <fmt/core.h>

#include "bench/machine.h"
#include "bench/rollout.h"
#include "bench/shipped_policy.h"
#include "bench/task_choice.h"
#include "core/error.h"
#include "core/files.h"
#include "policies/checkpoint.h"
#include "policies/flops.h"
#include "schedulers/plan_io.h"
#include "schedulers/plan_view.h"
#include "tools/command.h"

namespace sagbench {
namespace {

struct PlanArguments {
  std::string task = "pusht", sampler = "ddpm", scheduler = "dense", policy;
  std::string save, svg;
  uint64_t seed = 100000;
  int replan = 0, threads = 0;
  bool rollout = false, json = false;
};

// The plans of an episode as they ran, up to the one that is shown or to the end.
std::vector<Plan> RunEpisode(const PlanArguments& a, const Policy& policy,
                             const SamplerRegistry::Choice& sampler) {
  const std::unique_ptr<Executor> executor = Executors().Choose("eager").Make(
      {.policy = &policy, .sampler = sampler, .scheduler = Schedulers().Choose(a.scheduler)});
  RolloutRequest request;
  request.task = ChooseTaskFor(policy.config, a.task);
  request.policy = &policy.config;
  request.run_seed = a.seed;
  request.record_plans = true;
  request.max_replans = a.rollout ? 0 : a.replan + 1;
  return RunGroup(request, *executor, {a.seed}).episodes.front().plans;
}

void PrintVariation(const std::vector<Plan>& plans) {
  fmt::print("replan  computed  cells that differ from the replan before\n");
  double sum = 0.0;
  for (size_t i = 0; i < plans.size(); ++i) {
    const double share = i == 0 ? 0.0 : ShareOfDifferentCells(plans[i - 1], plans[i]);
    sum += share;
    fmt::print("{:>6}  {:>8}  {}\n", i, plans[i].ComputedCells(),
               i == 0 ? "-" : fmt::format("{:.2f} %", 100.0 * share));
  }
  if (plans.size() < 2) return;
  fmt::print("mean    {:.2f} % of {} cells\n", 100.0 * sum / static_cast<double>(plans.size() - 1),
             plans.front().TotalCells());
}

int RunPlan(const PlanArguments& a) {
  SetThreads(a.threads);
  const std::string task = Tasks().Choose(a.task).entry->name;
  const Policy policy = LoadPolicyFor(task, a.policy);
  const SamplerRegistry::Choice sampler = Samplers().Choose(a.sampler);
  const std::vector<Plan> plans = RunEpisode(a, policy, sampler);
  if (static_cast<size_t>(a.replan) >= plans.size()) {
    throw UsageError("--replan {}: the episode of seed {} has replans 0 to {}", a.replan, a.seed,
                     plans.size() - 1);
  }
  const Plan& plan = plans[a.replan];
  const std::unique_ptr<Sampler> made = sampler.Make(NoiseSchedule(policy.config.train_steps));
  const std::vector<BlockInfo> blocks = ListBlocks(policy.config, /*memory_in_block=*/false);
  if (!a.save.empty()) WriteFileAtomically(a.save, PlanFileText(plan));
  if (!a.svg.empty()) {
    const std::string title = fmt::format("{} under {}, {} seed {}, replan {}", a.scheduler,
                                          a.sampler, task, a.seed, a.replan);
    WriteFileAtomically(a.svg, PlanSvg(plan, made->timesteps(), blocks, title));
  }
  if (a.rollout) {
    PrintVariation(plans);
  } else {
    fmt::print("{}", a.json ? PlanFileText(plan) : PlanText(plan, made->timesteps(), blocks));
  }
  return static_cast<int>(ExitCode::kDone);
}

}  // namespace

void AddPlan(CLI::App& app, Command& run) {
  CLI::App* plan = app.add_subcommand("plan", "which cells a scheduler computes");
  auto a = std::make_shared<PlanArguments>();
  plan->add_option("--task", a->task, "task")->default_val("pusht");
  plan->add_option("--sampler", a->sampler, "one sampler")->default_val("ddpm");
  plan->add_option("--scheduler", a->scheduler, "one scheduler")->default_val("dense");
  plan->add_option("--policy", a->policy, "folder of a policy (default: the shipped one)");
  plan->add_option("--seed", a->seed, "of the episode")->default_val(100000);
  plan->add_option("--replan", a->replan, "which of the episode's replans")
      ->default_val(0)
      ->check(CLI::Range(0, 1000000));
  CLI::Option* over =
      plan->add_flag("--over-rollout", a->rollout,
                     "how the plans of a whole episode change from replan to replan");
  plan->add_flag("--json", a->json, "print the plan file instead of the map")->excludes(over);
  plan->add_option("--save", a->save, "plan file to write; --scheduler file:path=FILE runs it");
  plan->add_option("--svg", a->svg, "picture to write");
  plan->add_option("--threads", a->threads, "CPU threads (0: all)")->check(CLI::Range(0, 1024));
  plan->callback([a, &run] { run = [a] { return RunPlan(*a); }; });
}

}  // namespace sagbench
