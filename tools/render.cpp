// sagbench render: an episode as a film, one scheduler or several side by side.
#include "bench/render.h"

#include <memory>
#include <optional>

#include <fmt/core.h>

#include "bench/machine.h"
#include "bench/shipped_policy.h"
#include "bench/task_choice.h"
#include "core/error.h"
#include "core/video_writer.h"
#include "tools/command.h"

namespace sagbench {
namespace {

struct RenderArguments {
  std::string task = "pusht", sampler = "ddpm", schedulers = "dense", policy, executor = "eager";
  std::string out;
  uint64_t seed = 100000;
  std::optional<uint64_t> run_seed;
  int64_t batch = 1;
  int threads = 0;
  bool quiet = false;
};

// The group that the run with this seed and batch computes together; returns which of it is shown.
size_t ChooseGroup(const RenderArguments& a, RenderRequest& request) {
  request.run_seed = a.run_seed.value_or(a.seed);
  if (a.seed < request.run_seed) {
    throw UsageError("--seed {} is before the run's first seed, --run-seed {}", a.seed,
                     request.run_seed);
  }
  const auto batch = static_cast<uint64_t>(a.batch);
  const uint64_t shown = (a.seed - request.run_seed) % batch;
  for (uint64_t i = 0; i < batch; ++i) request.seeds.push_back(a.seed - shown + i);
  return shown;
}

int RunRender(const RenderArguments& a) {
  const std::string task = Tasks().Choose(a.task).entry->name;
  const Policy policy = LoadPolicyFor(task, a.policy);
  RenderRequest request;
  request.task = ChooseTaskFor(policy.config, a.task);
  request.policy = &policy;
  request.sampler = Samplers().Choose(a.sampler);
  for (const std::string& scheduler : SplitPluginList(a.schedulers)) {
    request.schedulers.push_back(Schedulers().Choose(scheduler));
  }
  if (request.schedulers.empty()) throw UsageError("--scheduler names none");
  request.executor = Executors().Choose(a.executor).Name();
  request.threads = SetThreads(a.threads);
  const size_t shown = ChooseGroup(a, request);
  const VideoShape shape = FilmShape(request);
  VideoWriter writer(a.out, shape);
  { const Renderer there; }  // before the rollouts, which take long: it may be missing
  std::vector<std::vector<Episode>> groups;
  for (size_t i = 0; i < request.schedulers.size(); ++i) groups.push_back(RecordGroup(request, i));
  std::vector<const Episode*> episodes;
  for (const std::vector<Episode>& group : groups) episodes.push_back(&group.at(shown));
  DrawEpisodes(
      request, episodes, [&](const Image& image) { writer.Add(image.rgb); }, ShowProgress(a.quiet));
  writer.Finish();
  for (size_t i = 0; i < episodes.size(); ++i) {
    const EpisodeRecord& episode = episodes[i]->record;
    fmt::print("{}: {} in {} control steps{}\n", request.schedulers[i].Name(),
               episode.success ? "success" : episode.failure, episode.steps,
               episode.score ? fmt::format(", score {:.3f}", *episode.score) : "");
  }
  fmt::print("{}: {:g} frames a second, real time\n", a.out, shape.frames_per_second);
  return static_cast<int>(ExitCode::kDone);
}

}  // namespace

void AddRender(CLI::App& app, Command& run) {
  CLI::App* render = app.add_subcommand("render", "an episode as a film (needs OSMesa and ffmpeg)");
  auto a = std::make_shared<RenderArguments>();
  render->add_option("--task", a->task, "task")->default_val("pusht");
  render->add_option("--sampler", a->sampler, "one sampler")->default_val("ddpm");
  render->add_option("--scheduler", a->schedulers, "one scheduler, or several side by side")
      ->default_val("dense");
  render->add_option("--policy", a->policy, "folder of a policy (default: the shipped one)");
  render->add_option("--executor", a->executor, "eager, fused or reference")->default_val("eager");
  render->add_option("--seed", a->seed, "of the episode")->default_val(100000);
  render->add_option("--run-seed", a->run_seed, "of the run that it belongs to (default: --seed)");
  render
      ->add_option("--batch", a->batch,
                   "of that run: its rounding, and so its episode, depends on it")
      ->default_val(1)
      ->check(PositiveCount());
  render->add_option("--out", a->out, "film to write, e.g. episode.mp4 or .gif")->required();
  render->add_option("--threads", a->threads, "CPU threads (0: all)")->check(CLI::Range(0, 1024));
  render->add_flag("--quiet", a->quiet, "no progress on stderr");
  render->callback([a, &run] { run = [a] { return RunRender(*a); }; });
}

}  // namespace sagbench
