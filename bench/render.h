#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "bench/rollout.h"
#include "core/progress.h"
#include "core/video_writer.h"
#include "policies/checkpoint.h"
#include "policies/sampler.h"
#include "schedulers/executor.h"
#include "tasks/renderer.h"
#include "tasks/task.h"

namespace sagbench {

struct RenderRequest {
  TaskRegistry::Choice task;  // as ChooseTaskFor gives it
  const Policy* policy = nullptr;
  SamplerRegistry::Choice sampler;
  std::vector<SchedulerRegistry::Choice> schedulers;  // side by side, in this order
  std::string executor = "eager";
  std::string device = "cpu";
  uint64_t run_seed = 100000;   // keys the noise: that of the run
  std::vector<uint64_t> seeds;  // the group that is computed together, as in the run
  double thinking_ms = 0.0;     // as RolloutRequest
  int threads = 1;
};

// Of the film: all schedulers' pictures in a row, a frame a control step, in real time. Throws
// Error (usage) for a task that cannot be drawn.
VideoShape FilmShape(const RenderRequest& request);

// Runs the request's group with its scheduler number `which`, recorded to be drawn. Throws as
// RunGroup.
std::vector<Episode> RecordGroup(const RenderRequest& request, size_t which);

// Draws an episode of each scheduler, from RecordGroup: a frame before each control step and one
// after the last, those that ended earlier standing still. Calls `frame` with each. Throws as
// FilmShape and Renderer, and Error (usage) for an episode without a control step.
void DrawEpisodes(const RenderRequest& request, const std::vector<const Episode*>& episodes,
                  const std::function<void(const Image&)>& frame, const ProgressSink& progress);

}  // namespace sagbench
