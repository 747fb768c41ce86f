#include "bench/suite_folder.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/error.h"
#include "core/files.h"
#include "core/shell_word.h"
#include "policies/aten.h"

namespace sagbench {
namespace {

void RefuseDifferences(const SuiteRequest& request, const Manifest& there, const Manifest& here) {
  const std::vector<std::string> differences = Differences(there, here);
  if (differences.empty()) return;
  const std::string name = request.folder.string();
  const bool grown = there.rows.size() != here.rows.size();
  throw UsageError("'{}' holds another run, which differs in {}: name another folder{}", name,
                   DescribeDifferences(differences),
                   grown ? ", and take what both have with --take " + ShellWord(name) : "");
}

void AddTaken(const Taken& taken, RunFolder* before, RunFolderWriter* writer) {
  for (const auto& [row, episode] : taken.episodes) {
    std::vector<EpisodeRecord>& episodes = before->runs[row].episodes;
    const bool known = std::any_of(
        episodes.begin(), episodes.end(),
        [seed = episode.seed](const EpisodeRecord& other) { return other.seed == seed; });
    if (known) continue;
    if (writer != nullptr) writer->Append(row, episode);
    before->runs[row].wall_s += episode.wall_s;
    episodes.push_back(episode);
  }
  for (const auto& [task, observations] : taken.observations) {
    const bool is_new = before->observations.emplace(task, observations).second;
    if (is_new && writer != nullptr) writer->AppendObservations(task, observations);
  }
}

}  // namespace

Manifest ManifestOf(const SuiteRequest& request, const std::vector<SuiteRow>& rows) {
  Manifest manifest;
  for (const SuiteRow& row : rows) manifest.rows.push_back({row.data.identity, row.episodes});
  manifest.batch = request.settings.batch;
  manifest.margin = request.summary.margin;
  manifest.sequential = request.summary.sequential;
  if (request.measure_latency) {
    manifest.latency = LatencyPlan{.samples = request.latency.samples,
                                   .warmup = request.latency.warmup,
                                   .block_size = request.latency.block_size,
                                   .within = request.latency.within};
  }
  manifest.spread = request.measure_spread;
  manifest.plans = true;
  manifest.context = request.context;
  return manifest;
}

void RefuseOldRun(const std::filesystem::path& folder) {
  throw UsageError("'{}' holds a run already: add --resume to go on with it, or name another",
                   folder.string());
}

void CheckFolder(const SuiteRequest& request, const Manifest& manifest) {
  if (!IsRunFolder(request.folder)) return;
  if (!request.resume) RefuseOldRun(request.folder);
  RefuseDifferences(request, ReadRunFolder(request.folder).manifest, manifest);
}

std::vector<Taken> ReadTaken(const SuiteRequest& request, const Manifest& manifest) {
  std::vector<Taken> all;
  for (const std::filesystem::path& folder : request.take) {
    all.push_back(TakeFrom(ReadRunFolder(folder), folder.string(), manifest));
  }
  return all;
}

void AddTaken(const std::vector<Taken>& all, RunFolder* before, RunFolderWriter* writer) {
  for (const Taken& taken : all) AddTaken(taken, before, writer);
}

OpenRunFolder OpenFolder(const SuiteRequest& request, const Manifest& manifest) {
  MakeWritableFolder(request.folder);
  CheckFolder(request, manifest);
  std::vector<Taken> taken = ReadTaken(request, manifest);  // throws before anything is begun
  OpenRunFolder open;
  const auto others = std::stable_partition(taken.begin(), taken.end(),
                                            [](const Taken& one) { return one.checks.empty(); });
  open.unchecked.assign(std::make_move_iterator(others), std::make_move_iterator(taken.end()));
  taken.erase(others, taken.end());
  const bool begun = IsRunFolder(request.folder);
  if (begun) open.before = ReadRunFolder(request.folder);  // says what the writer will mend
  open.writer = std::make_unique<RunFolderWriter>(request.folder);  // throws while another writes
  if (!begun) {
    WriteManifest(request.folder, manifest);
    open.before = ReadRunFolder(request.folder);
  } else if (AddMeasurements(manifest, &open.before.manifest)) {
    WriteManifest(request.folder, open.before.manifest);
  }
  AddTaken(taken, &open.before, open.writer.get());
  return open;
}

RecordedObservations Pack(const std::vector<at::Tensor>& observations) {
  const at::Tensor all = at::stack(observations).contiguous();
  const auto* first = all.data_ptr<float>();
  return {all.size(1), all.size(2), std::vector<float>(first, first + all.numel())};
}

std::vector<at::Tensor> Unpack(const RecordedObservations& recorded) {
  const at::Tensor all = at::empty({static_cast<int64_t>(recorded.values.size())}, at::kFloat);
  std::copy(recorded.values.begin(), recorded.values.end(), all.data_ptr<float>());
  return all.reshape({-1, recorded.steps, recorded.size}).unbind();
}

}  // namespace sagbench
