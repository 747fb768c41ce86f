#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/progress.h"
#include "core/video_writer.h"
#include "policies/checkpoint.h"
#include "policies/sampler.h"
#include "results/record.h"
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
  uint64_t run_seed = 100000;   // keys the noise: that of the run
  std::vector<uint64_t> seeds;  // the group that is computed together, as in the run
  size_t shown = 0;             // which of them is shown
  double thinking_ms = 0.0;     // as RolloutRequest
  int threads = 1;
};

// Of the film: all schedulers' pictures in a row, a frame a control step, in real time. Throws
// Error (usage) for a task that cannot be drawn.
VideoShape FilmShape(const RenderRequest& request);

// Runs the episode once for each scheduler and draws what they did: a frame before each control
// step and one after the last, those that ended earlier standing still. Calls `frame` with each;
// returns one record a scheduler. Throws as FilmShape, RunGroup and Renderer.
std::vector<EpisodeRecord> RenderEpisode(const RenderRequest& request,
                                         const std::function<void(const Image&)>& frame,
                                         const ProgressSink& progress);

}  // namespace sagbench
