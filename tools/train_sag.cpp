// sagbench train sag: a pruner for a policy, a sampler, a rate and a way of reuse.
#include "bench/train_sag.h"

#include <filesystem>
#include <memory>

#include <fmt/core.h>

#include "bench/machine.h"
#include "bench/shipped_policy.h"
#include "bench/task_choice.h"
#include "core/build_info.h"
#include "core/error.h"
#include "core/files.h"
#include "schedulers/calibration.h"
#include "tools/command.h"

namespace sagbench {
namespace {

struct TrainSagArguments {
  TrainSagRequest request;
  bool table = false;
  std::string task = "pusht", sampler = "ddpm", reuse = "block", hold = "clean", policy, folder,
              out;
  int threads = 0;
  bool quiet = false;
};

// One for each pruner and policy.
std::string FolderName(const SagKey& key) {
  return fmt::format("{}-{}-{}", key.task, key.policy_sha256.substr(0, 8),
                     SagPath(key).stem().string());
}

int RunTrainSag(TrainSagArguments& a) {
  const std::string task = Tasks().Choose(a.task).entry->name;
  const Policy policy = LoadPolicyFor(task, a.policy);
  TrainSagRequest& request = a.request;
  request.reuse = ReuseFromName(a.reuse);
  request.hold = HoldFromName(a.hold);
  SagSettings& settings = request.settings;
  const bool clean = request.hold == Hold::kClean;
  if (request.search < 0) request.search = clean && request.from.empty() ? 200 : 0;
  if (settings.table_rate < 0.0) settings.table_rate = clean ? 0.02 : 0.03;
  if (settings.sparsity_weight < 0.0) settings.sparsity_weight = clean ? 0.1 : 1.0;
  request.observed = !a.table;
  request.rollouts.policy = &policy;
  request.rollouts.task = ChooseTaskFor(policy.config, a.task);
  request.rollouts.sampler = Samplers().Choose(a.sampler);
  request.rollouts.threads = SetThreads(a.threads);
  const SagKey key{.task = task,
                   .sampler = request.rollouts.sampler.Name(),
                   .policy_sha256 = policy.sha256,
                   .rate = request.settings.rate,
                   .reuse = request.reuse,
                   .hold = request.hold,
                   .observed = request.observed};
  request.out =
      a.out.empty() ? PathOfPolicy(SagPath(key), policy.sha256) : std::filesystem::path(a.out);
  request.folder = a.folder.empty() ? std::filesystem::path("runs") / FolderName(key)
                                    : std::filesystem::path(a.folder);
  MakeWritableFolder(std::filesystem::absolute(request.out).parent_path());
  request.provenance = {{"command", CommandLine()},
                        {"commit", GetBuildInfo().commit},
                        {"version", GetBuildInfo().version}};
  const nlohmann::json reached = TrainSag(request, ShowProgress(a.quiet));
  fmt::print("pruner: {} (reuses {:.2f} % of the cells, action error {:.4f} normalised)\n",
             request.out.string(), 100.0 * reached.at("valid_sparsity").get<double>(),
             reached.at("valid_fidelity").get<double>());
  return static_cast<int>(ExitCode::kDone);
}

void AddSettings(CLI::App& app, TrainSagRequest& request) {
  SagSettings& s = request.settings;
  app.add_option("--rate", s.rate, "target share of cells reused")
      ->default_val(0.9)
      ->check(NumberBetween(1e-4, 0.99));
  app.add_option("--search", request.search,
                 "moves of computed steps that are tried before learning (default: 200, or 0 with "
                 "--hold residuals or --from)")
      ->check(CLI::Range(int64_t{0}, int64_t{1'000'000}));
  app.add_option("--iterations", s.iterations, "of the schedule")
      ->default_val(300)
      ->check(CLI::Range(int64_t{0}, int64_t{1'000'000}));
  app.add_option("--batch", request.batch, "replans an iteration")
      ->default_val(8)
      ->check(PositiveCount());
  request.search = -1;  // it and the next ones: as serves the way to hold
  s.table_rate = s.sparsity_weight = -1.0;
  app.add_option("--table-rate", s.table_rate,
                 "learning rate of what all observations share (default: .02, or .03 with --hold "
                 "residuals)")
      ->check(NumberBetween(0.0, 1.0));
  app.add_option("--network-rate", s.network_rate, "learning rate of what depends on them")
      ->default_val(3e-3)
      ->check(NumberBetween(0.0, 1.0));
  app.add_option("--sparsity-weight", s.sparsity_weight,
                 "of the distance to the target rate (default: .1, or 1 with --hold residuals)")
      ->check(NumberBetween(0.0, 1e6));
  app.add_option("--sampled", s.sampled, "share of reused cells run for their gates' gradient")
      ->default_val(0.25)
      ->check(NumberBetween(0.01, 1.0));
  app.add_option("--episodes", request.rollouts.episodes, "rollouts whose observations are used")
      ->default_val(24)
      ->check(PositiveCount());
  app.add_option("--observations", request.rollouts.observations, "used, from all rollouts")
      ->default_val(256)
      ->check(PositiveCount());
  app.add_option("--validate-every", request.validate_every,
                 "proposals or iterations, also between checkpoints")
      ->default_val(25)
      ->check(PositiveCount());
  app.add_option("--seed", s.seed, "of weights, batches and noise")->default_val(1);
}

}  // namespace

void AddTrainSag(CLI::App& train, Command& run) {
  CLI::App* sag = train.add_subcommand("sag", "train a pruner, the policy frozen");
  auto a = std::make_shared<TrainSagArguments>();
  sag->add_option("--task", a->task, "task")->default_val("pusht");
  sag->add_option("--policy", a->policy, "folder of a policy (default: the shipped one)");
  sag->add_option("--sampler", a->sampler, "one sampler")->default_val("ddpm");
  sag->add_option("--reuse", a->reuse, "slots that reused cells read")
      ->default_val("block")
      ->check(CLI::IsMember({"kind", "block", "all"}));
  sag->add_option("--hold", a->hold, "what a step predicts that computes nothing")
      ->default_val("clean")
      ->check(CLI::IsMember({"residuals", "clean"}));
  sag->add_flag("--table", a->table, "a control: one mask for all observations");
  sag->add_option("--folder", a->folder, "for checkpoint and curve (default: runs/...)");
  sag->add_option("--out", a->out, "JSON file of the pruner (default: where run looks for it)");
  sag->add_option("--from", a->request.from,
                  "start from this pruner's JSON file, of whatever policy, sampler and rate");
  sag->add_option("--threads", a->threads, "CPU threads (0: all)")->check(CLI::Range(0, 1024));
  sag->add_flag("--resume", a->request.resume, "go on from the checkpoint");
  sag->add_flag("--quiet", a->quiet, "no progress on stderr");
  AddSettings(*sag, a->request);
  sag->callback([a, &run] { run = [a] { return RunTrainSag(*a); }; });
}

}  // namespace sagbench
