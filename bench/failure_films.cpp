#include "bench/failure_films.h"

#include <algorithm>
#include <map>

#include <fmt/core.h>

#include "bench/render.h"
#include "bench/shipped_policy.h"
#include "bench/task_choice.h"
#include "core/files.h"
#include "results/run_folder.h"

namespace sagbench {
namespace {

namespace fs = std::filesystem;

constexpr const char* kVideos = "videos";

fs::path FileOf(const fs::path& folder, size_t row, const EpisodeRecord& episode) {
  return folder / kVideos /
         fmt::format("{}-{}-{}.mp4", row + 1, ParsePlugin(episode.scheduler).name, episode.seed);
}

// The row's group of episodes first..., as the run computed it.
RenderRequest RequestFor(const Manifest& manifest, const PlannedRow& row, const Policy& policy,
                         int64_t first) {
  const RunIdentity& identity = row.identity;
  RenderRequest request;
  request.task = ChooseTaskFor(policy.config, identity.task);
  request.policy = &policy;
  request.sampler = Samplers().Choose(identity.sampler);
  request.schedulers = {Schedulers().Choose(identity.scheduler)};
  request.executor = identity.executor;
  request.device = identity.device;
  request.run_seed = identity.seed;
  request.thinking_ms = identity.thinking_ms.value_or(0.0);
  request.threads = std::stoi(identity.params.at("threads"));
  const int64_t end = std::min(first + manifest.batch, row.episodes);
  for (int64_t i = first; i < end; ++i) {
    request.seeds.push_back(identity.seed + static_cast<uint64_t>(i));
  }
  return request;
}

// Nothing of an episode that ended before its first step can be seen.
std::vector<EpisodeRecord> FirstFailures(const RunData& run, int64_t count) {
  std::vector<EpisodeRecord> failures;
  for (const EpisodeRecord& episode : run.episodes) {
    if (static_cast<int64_t>(failures.size()) == count) break;
    if (!episode.success && episode.steps > 0) failures.push_back(episode);
  }
  return failures;
}

// A film that would show another episode is not kept.
FailureFilm Film(const fs::path& file, const RenderRequest& request, const Episode& again,
                 const EpisodeRecord& episode, const ProgressSink& progress) {
  if (again.record.action_digest != episode.action_digest) return {file, false};
  VideoWriter writer(file, FilmShape(request));
  DrawEpisodes(
      request, {&again}, [&](const Image& image) { writer.Add(image.rgb); }, progress);
  writer.Finish();
  return {file, true};
}

}  // namespace

void CheckFilming(const fs::path& folder) {
  MakeWritableFolder(folder / kVideos);
  const Renderer renderer;
  const VideoWriter dropped(folder / kVideos / "check.mp4", {.width = 16, .height = 16});
}

std::vector<FailureFilm> FilmFailures(const fs::path& folder, const std::string& policy_folder,
                                      int64_t count, const ProgressSink& progress) {
  const RunFolder run = ReadRunFolder(folder);
  const int64_t batch = run.manifest.batch;
  std::vector<FailureFilm> films;
  for (size_t row = 0; row < run.runs.size(); ++row) {
    const PlannedRow& planned = run.manifest.rows[row];
    std::map<int64_t, std::vector<EpisodeRecord>> groups;  // by the first episode of each
    for (const EpisodeRecord& episode : FirstFailures(run.runs[row], count)) {
      const auto at = static_cast<int64_t>(episode.seed - planned.identity.seed);
      if (!fs::exists(FileOf(folder, row, episode))) groups[at / batch * batch].push_back(episode);
    }
    if (groups.empty()) continue;
    const Policy policy =
        LoadPolicyFor(Tasks().Choose(planned.identity.task).entry->name, policy_folder);
    for (const auto& [first, failures] : groups) {
      const RenderRequest request = RequestFor(run.manifest, planned, policy, first);
      const std::vector<Episode> again = RecordGroup(request, 0);
      for (const EpisodeRecord& episode : failures) {
        films.push_back(Film(FileOf(folder, row, episode), request,
                             again[episode.seed - request.seeds.front()], episode, progress));
      }
    }
  }
  return films;
}

}  // namespace sagbench
