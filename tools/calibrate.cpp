// sagbench calibrate: what training-free methods must know of a policy, as small JSON files.
#include "bench/calibrate.h"

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

struct CalibrateArguments {
  CalibrateRequest request;
  L2cSettings router;
  std::string task = "pusht", sampler = "ddpm", method = "bac", policy, out;
  int threads = 0;
};

int RunCalibrate(CalibrateArguments& a) {
  const std::string task = Tasks().Choose(a.task).entry->name;
  const Policy policy = LoadPolicyFor(task, a.policy);
  CalibrateRequest& request = a.request;
  request.policy = &policy;
  request.task = ChooseTaskFor(policy.config, a.task);
  request.sampler = Samplers().Choose(a.sampler);
  request.threads = SetThreads(a.threads);
  const std::filesystem::path out =
      a.out.empty()
          ? PathOfPolicy(CalibrationPath(a.method, task, request.sampler.Name()), policy.sha256)
          : std::filesystem::path(a.out);
  MakeWritableFolder(std::filesystem::absolute(out).parent_path());
  nlohmann::json calibration =
      a.method == "l2c" ? CalibrateL2c(request, a.router) : CalibrateBac(request);
  calibration["provenance"] = {{"command", CommandLine()},
                               {"commit", GetBuildInfo().commit},
                               {"episodes", request.episodes},
                               {"seed", request.seed}};
  WriteFileAtomically(out, calibration.dump() + "\n");
  fmt::print("calibration: {}\n", out.string());
  return static_cast<int>(ExitCode::kDone);
}

}  // namespace

void AddCalibrate(CLI::App& app, Command& run) {
  CLI::App* calibrate =
      app.add_subcommand("calibrate", "measure what a training-free method must know of a policy");
  auto a = std::make_shared<CalibrateArguments>();
  calibrate->add_option("--task", a->task, "task")->default_val("pusht");
  calibrate->add_option("--policy", a->policy, "folder of a policy (default: the shipped one)");
  calibrate->add_option("--sampler", a->sampler, "one sampler")->default_val("ddpm");
  calibrate->add_option("--method", a->method, "what for")
      ->default_val("bac")
      ->check(CLI::IsMember({"bac", "l2c"}));
  calibrate->add_option("--episodes", a->request.episodes, "rollouts of the dense policy")
      ->default_val(8)
      ->check(PositiveCount());
  calibrate->add_option("--observations", a->request.observations, "used, from all rollouts")
      ->default_val(24)
      ->check(PositiveCount());
  calibrate->add_option("--seed", a->request.seed, "of the first rollout")
      ->default_val(kFirstCalibrationSeed);
  calibrate->add_option("--penalty", a->router.penalty, "l2c: on each computed block")
      ->default_val(5e-6)
      ->check(NumberBetween(0.0, 1e3));
  calibrate->add_option("--iterations", a->router.iterations, "l2c: of the router's training")
      ->default_val(300)
      ->check(PositiveCount());
  calibrate->add_option("--out", a->out, "file (default: where run looks for it)");
  calibrate->add_option("--threads", a->threads, "CPU threads (0: all)")
      ->check(CLI::Range(0, 1024));
  calibrate->callback([a, &run] { run = [a] { return RunCalibrate(*a); }; });
}

}  // namespace sagbench
