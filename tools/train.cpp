// sagbench train policy: demonstrations in, trained policy out.
#include <filesystem>
#include <memory>

#include <ATen/Parallel.h>
#include <fmt/core.h>

#include "bench/machine.h"
#include "bench/train_run.h"
#include "bench/training_rollout.h"
#include "core/build_info.h"
#include "core/error.h"
#include "policies/sampler.h"
#include "tasks/policy_action.h"
#include "tools/command.h"

namespace sagbench {
namespace {

struct TrainArguments {
  TrainRequest request;
  TrainingRollout rollout;
  std::string data, task = "pusht", out, from, device = "auto", precision = "float32";
  int threads = 0;
  bool quiet = false;
};

// The shape of the original's low-dim configuration for this task, with the task's sizes.
PolicyConfig ConfigFor(const std::string& text, PolicyConfig config) {
  const TaskRegistry::Choice choice = Tasks().Choose(text);
  const std::unique_ptr<Task> task = choice.Make();
  const TaskSpec& spec = task->spec();
  config.task = spec.name;
  config.task_knobs = choice.knobs.all();
  config.observation_size = spec.observation_size;
  config.action_size = PolicyActionSize(spec);
  for (const ObservationKey& key : spec.observation_keys) {
    config.observation_keys.push_back(key.name);
  }
  return config;
}

int RunTrain(TrainArguments& arguments) {
  TrainRequest& request = arguments.request;
  request.data = arguments.data;
  request.folder = arguments.out;
  request.from = arguments.from;
  request.config = ConfigFor(arguments.task, request.config);
  request.settings.device = ChooseDevice(arguments.device);
  request.settings.bfloat16 = arguments.precision == "bf16";
  SetThreads(arguments.threads);
  request.settings.workers = request.settings.device == "cpu" ? at::get_num_threads() : 1;
  Samplers().Choose(arguments.rollout.sampler);  // a wrong name shows now, not hours later
  arguments.rollout.task = arguments.task;
  arguments.rollout.device = request.settings.device;
  arguments.rollout.threads = at::get_num_threads();
  request.rollout = [&arguments](const Policy& policy) {
    return RollOutPolicy(arguments.rollout, policy);
  };
  request.provenance = {{"command", CommandLine()},
                        {"commit", GetBuildInfo().commit},
                        {"version", GetBuildInfo().version}};
  TrainPolicy(request, ShowProgress(arguments.quiet));
  fmt::print("trained policy: {}\n", (request.folder / "last").string());
  return static_cast<int>(ExitCode::kDone);
}

void AddSettings(CLI::App& app, TrainRequest& request) {
  TrainSettings& s = request.settings;
  app.add_option("--iterations", s.optimizer.total_steps, "length of the schedule (cosine over it)")
      ->default_val(10000)
      ->check(PositiveCount());
  app.add_option("--batch", s.batch, "windows an iteration")
      ->default_val(256)
      ->check(PositiveCount());
  app.add_option("--learning-rate", s.optimizer.learning_rate, "peak learning rate")
      ->default_val(1e-4)
      ->check(NumberBetween(1e-9, 1.0));
  app.add_option("--weight-decay", s.optimizer.weight_decay, "on linear weights")
      ->default_val(0.1)
      ->check(NumberBetween(0.0, 10.0));
  app.add_option("--warmup", s.optimizer.warmup, "linear warm-up iterations")
      ->default_val(1000)
      ->check(CLI::Range(0, 1000000));
  app.add_option("--dropout", s.dropout.attention, "dropout in attention and feed-forward")
      ->default_val(0.01)
      ->check(NumberBetween(0.0, 0.9));
  app.add_option("--seed", s.seed, "initial weights, order of windows, noise")->default_val(42);
  app.add_option("--pad-after", request.pad_after,
                 "rows of padding after an episode (-1: the original's, actions - 1)")
      ->default_val(-1)
      ->check(CLI::Range(-1, 255));
  app.add_option("--full-every", s.full_every,
                 "every N-th iteration learns the whole horizon, the others the executed part")
      ->default_val(1)
      ->check(CLI::Range(int64_t{1}, int64_t{1000000}));
  app.add_option("--fine-share", s.fine_share,
                 "share of the samples that only learn the first tenth of the denoising steps")
      ->default_val(0.0)
      ->check(NumberBetween(0.0, 1.0));
  app.add_option("--memory-gain", request.memory_gain,
                 "start from the same function with the memory tokens that much larger")
      ->default_val(1.0)
      ->check(NumberBetween(1.0 / 1024, 1024.0));
  app.add_option("--layers", request.config.layers, "decoder layers")->default_val(8);
  app.add_option("--width", request.config.width, "embedding width")->default_val(256);
  app.add_option("--heads", request.config.heads, "attention heads")->default_val(4);
  app.add_option("--horizon", request.config.horizon, "predicted steps")->default_val(16);
}

}  // namespace

void AddTrain(CLI::App& app, Command& run) {
  CLI::App* train = app.add_subcommand("train", "train a policy or a scheduler's pruner");
  train->require_subcommand(1);
  AddTrainSag(*train, run);
  CLI::App* policy = train->add_subcommand("policy", "train the Diffusion-Policy transformer");
  auto a = std::make_shared<TrainArguments>();
  policy->add_option("--data", a->data, "demonstrations (robomimic HDF5)")->required();
  policy->add_option("--task", a->task, "task with its settings")->default_val("pusht");
  policy->add_option("--out", a->out, "folder for checkpoint, curve and policies")->required();
  policy->add_option("--from", a->from, "start from this policy's weights and normalizers");
  policy->add_option("--device", a->device, "where to train")
      ->default_val("auto")
      ->check(CLI::IsMember({"auto", "cpu", "cuda"}));
  policy->add_option("--precision", a->precision, "of matrix products")
      ->default_val("float32")
      ->check(CLI::IsMember({"float32", "bf16"}));
  policy->add_option("--threads", a->threads, "CPU threads (0: all)")->check(CLI::Range(0, 1024));
  policy
      ->add_option("--validate-every", a->request.validate_every, "iterations between validations")
      ->default_val(500)
      ->check(PositiveCount());
  policy
      ->add_option("--checkpoint-every", a->request.checkpoint_every,
                   "iterations between checkpoints")
      ->default_val(500)
      ->check(PositiveCount());
  policy
      ->add_option("--rollout-every", a->request.rollout_every,
                   "iterations between rollouts with the averaged weights (0: none)")
      ->default_val(0)
      ->check(CLI::Range(int64_t{0}, int64_t{1} << 40));
  policy->add_option("--rollout-episodes", a->rollout.episodes, "episodes of such a rollout")
      ->default_val(20)
      ->check(CLI::Range(1, 1000));
  policy->add_option("--rollout-sampler", a->rollout.sampler, "its sampler")
      ->default_val("ddim:steps=16");
  policy->add_option("--stop-after", a->request.stop_after, "end this session at that iteration")
      ->check(CLI::Range(int64_t{0}, int64_t{1} << 40));
  policy->add_flag("--resume", a->request.resume, "go on from the checkpoint in --out");
  policy->add_flag("--quiet", a->quiet, "no progress on stderr");
  AddSettings(*policy, a->request);
  policy->callback([a, &run] { run = [a] { return RunTrain(*a); }; });
}

}  // namespace sagbench
