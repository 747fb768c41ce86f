#include "bench/failure_films.h"

#include <algorithm>
#include <memory>

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

// The episode's group as the run computed it.
RenderRequest RequestFor(const Manifest& manifest, const PlannedRow& row, const Policy& policy,
                         uint64_t seed) {
  const RunIdentity& identity = row.identity;
  RenderRequest request;
  request.task = ChooseTaskFor(policy.config, identity.task);
  request.policy = &policy;
  request.sampler = Samplers().Choose(identity.sampler);
  request.schedulers = {Schedulers().Choose(identity.scheduler)};
  request.executor = identity.executor;
  request.run_seed = identity.seed;
  request.thinking_ms = identity.thinking_ms.value_or(0.0);
  request.threads = std::stoi(identity.params.at("threads"));
  const auto at = static_cast<int64_t>(seed - identity.seed);
  const int64_t first = at / manifest.batch * manifest.batch;
  const int64_t end = std::min(first + manifest.batch, row.episodes);
  for (int64_t i = first; i < end; ++i) {
    request.seeds.push_back(identity.seed + static_cast<uint64_t>(i));
  }
  request.shown = static_cast<size_t>(at - first);
  return request;
}

FailureFilm Film(const fs::path& file, const RenderRequest& request, const EpisodeRecord& episode,
                 const ProgressSink& progress) {
  VideoWriter writer(file, FilmShape(request));
  const std::vector<EpisodeRecord> again =
      RenderEpisode(request, [&](const Image& image) { writer.Add(image.rgb); }, progress);
  writer.Finish();
  return {file, again.front().action_digest == episode.action_digest};
}

std::vector<EpisodeRecord> FirstFailures(const RunData& run, int64_t count) {
  std::vector<EpisodeRecord> failures;
  for (const EpisodeRecord& episode : run.episodes) {
    if (static_cast<int64_t>(failures.size()) == count) break;
    if (!episode.success) failures.push_back(episode);
  }
  return failures;
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
  std::vector<FailureFilm> films;
  for (size_t row = 0; row < run.runs.size(); ++row) {
    const PlannedRow& planned = run.manifest.rows[row];
    std::unique_ptr<Policy> policy;  // loaded for a row's first film
    for (const EpisodeRecord& episode : FirstFailures(run.runs[row], count)) {
      const fs::path file = FileOf(folder, row, episode);
      if (fs::exists(file)) continue;
      if (!policy) {
        const std::string task = Tasks().Choose(planned.identity.task).entry->name;
        policy = std::make_unique<Policy>(
            LoadPolicy(policy_folder.empty() ? ShippedPolicy(task).string() : policy_folder));
      }
      films.push_back(
          Film(file, RequestFor(run.manifest, planned, *policy, episode.seed), episode, progress));
    }
  }
  return films;
}

}  // namespace sagbench
