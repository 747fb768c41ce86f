#include "bench/render.h"

#include <algorithm>
#include <memory>

#include <fmt/core.h>

#include "core/error.h"
#include "core/interrupt.h"

namespace sagbench {
namespace {

std::span<const double> RowOf(const Rows& rows, size_t row) {
  return {rows.values.data() + row * rows.width, rows.width};
}

// One scheduler's episode, played back from its recorded states.
class Playback {
 public:
  Playback(const RenderRequest& request, size_t which, const Episode& episode)
      : task_(request.task.Make()), name_(request.schedulers[which].Name()), episode_(episode) {
    if (steps() > 0) return;
    throw UsageError(
        "{} ended episode {} before its first control step ({}): there is nothing to see", name_,
        episode.record.seed, episode.record.failure);
  }

  size_t steps() const { return episode_.demonstration.states.count(); }

  // What is seen after so many control steps; after the last, what its end left.
  Image Draw(Renderer& renderer, size_t step) {
    const Demonstration& demonstration = episode_.demonstration;
    const size_t last = steps() - 1, at = std::min(step, last);
    task_->SetState(RowOf(demonstration.states, at));
    if (step > last) task_->Step(RowOf(demonstration.actions, last));
    return renderer.Draw(task_->Scene(), TextAt(std::min(step, steps())));
  }

 private:
  Overlay TextAt(size_t step) const {
    Overlay overlay;
    const auto add = [&overlay](const char* name, const std::string& value) {
      overlay.names += fmt::format("{}\n", name);
      overlay.values += value + "\n";
    };
    add("scheduler", name_);
    add("step", fmt::format("{} of {}", step, steps()));
    const std::vector<double>& rewards = episode_.demonstration.rewards;
    if (episode_.record.score) {
      const auto best = std::max_element(rewards.begin(), rewards.begin() + int64_t(step));
      add("score", fmt::format("{:.3f}", step == 0 ? 0.0 : *best));
    }
    const Plan& plan = episode_.plans[episode_.replans[std::min(step, steps() - 1)]];
    add("cells", fmt::format("{} of {}", plan.ComputedCells(), plan.TotalCells()));
    if (step == steps()) {
      add("ended", episode_.record.success ? "success" : episode_.record.failure);
    }
    return overlay;
  }

  std::unique_ptr<Task> task_;
  std::string name_;
  const Episode& episode_;
};

}  // namespace

VideoShape FilmShape(const RenderRequest& request) {
  const std::unique_ptr<Task> task = request.task.Make();
  const TaskScene scene = task->Scene();
  if (scene.model == nullptr) {
    throw UsageError("task '{}' cannot be drawn: it has no scene", task->spec().name);
  }
  return {.width = scene.pixels_wide * static_cast<int>(request.schedulers.size()),
          .height = scene.pixels_high,
          .frames_per_second = 1.0 / task->spec().control_period};
}

std::vector<Episode> RecordGroup(const RenderRequest& request, size_t which) {
  RolloutRequest rollout;
  rollout.task = request.task;
  rollout.policy = &request.policy->config;
  rollout.run_seed = request.run_seed;
  rollout.threads = request.threads;
  rollout.thinking_ms = request.thinking_ms;
  rollout.record = true;
  rollout.record_plans = true;
  const std::unique_ptr<Executor> executor = Executors()
                                                 .Choose(request.executor)
                                                 .Make({.policy = request.policy,
                                                        .sampler = request.sampler,
                                                        .scheduler = request.schedulers.at(which),
                                                        .device = request.device});
  return RunGroup(rollout, *executor, request.seeds).episodes;
}

void DrawEpisodes(const RenderRequest& request, const std::vector<const Episode*>& episodes,
                  const std::function<void(const Image&)>& frame, const ProgressSink& progress) {
  FilmShape(request);
  Renderer renderer;
  std::vector<std::unique_ptr<Playback>> playbacks;
  size_t steps = 0;
  for (size_t i = 0; i < episodes.size(); ++i) {
    playbacks.push_back(std::make_unique<Playback>(request, i, *episodes[i]));
    steps = std::max(steps, playbacks.back()->steps());
  }
  for (size_t step = 0; step <= steps; ++step) {
    ThrowIfInterrupted();
    std::vector<Image> images;
    for (const auto& playback : playbacks) images.push_back(playback->Draw(renderer, step));
    frame(SideBySide(images));
    if (!progress) continue;
    progress({.label = "render",
              .unit = "frames",
              .done = static_cast<int64_t>(step + 1),
              .total = static_cast<int64_t>(steps + 1),
              .resumed = 0,
              .note = {}});
  }
}

}  // namespace sagbench
