#include "results/run_folder.h"

#include <utility>

#include <fcntl.h>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/files.h"
#include "core/json_reader.h"
#include "core/strict_json.h"
#include "results/plan_map.h"
#include "results/same_episode.h"

namespace sagbench {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kManifest = "manifest.json";
constexpr const char* kEpisodes = "episodes.jsonl";
constexpr const char* kMeasurements = "measurements.jsonl";

json ToJson(const PhaseTimes& phases) {
  json object = json::object();
  VisitPhases(phases, [&](const char* key, double ms) { object[key] = ms; });
  return object;
}

PhaseTimes PhasesFromJson(const json& object, const std::string& where) {
  const JsonReader reader(object, where, "a row's phases");
  PhaseTimes phases;
  VisitPhases(phases, [&](const char* key, double& ms) { reader.Read(key, &ms); });
  return phases;
}

// Fills a RunFolder from the records of its files.
class FolderReader {
 public:
  explicit FolderReader(const fs::path& path) : path_(path) {
    const std::string manifest = (path / kManifest).string();
    folder_.manifest = ManifestFromJson(ParseStrictJson(ReadFile(manifest), "'" + manifest + "'"),
                                        "'" + manifest + "'");
    for (const PlannedRow& row : folder_.manifest.rows) {
      folder_.runs.emplace_back().identity = row.identity;
    }
    episodes_.resize(folder_.runs.size());
  }

  RunFolder Read() {
    ReadLines(kEpisodes, &FolderReader::AddEpisode);
    ReadLines(kMeasurements, &FolderReader::AddMeasurement);
    for (size_t row = 0; row < episodes_.size(); ++row) {
      for (auto& [seed, episode] : episodes_[row]) {
        folder_.runs[row].wall_s += episode.wall_s;
        folder_.runs[row].episodes.push_back(std::move(episode));
      }
    }
    return std::move(folder_);
  }

 private:
  using AddRecord = void (FolderReader::*)(const json& record, const std::string& where);

  void ReadLines(const char* name, AddRecord add) {
    const fs::path file = path_ / name;
    if (!fs::exists(file)) return;
    const JsonLines lines = ReadJsonLines(file);
    if (!lines.notice.empty()) folder_.notices.push_back(lines.notice);
    for (size_t i = 0; i < lines.records.size(); ++i) {
      (this->*add)(lines.records[i], fmt::format("'{}': line {}", file.string(), i + 1));
    }
  }

  size_t RowOf(const json& record, const std::string& where) const {
    uint64_t row = 0;
    JsonReader(record, where, "a record").Read("row", &row);
    return Checked(row, where);
  }

  size_t Checked(uint64_t row, const std::string& where) const {
    if (row >= folder_.runs.size()) {
      throw FileError("{}: row {} is not among the {} of the manifest", where, row,
                      folder_.runs.size());
    }
    return row;
  }

  void AddEpisode(const json& record, const std::string& where) {
    const size_t row = RowOf(record, where);
    const PlannedRow& planned = folder_.manifest.rows[row];
    EpisodeRecord episode = EpisodeFromJson(record, where);
    const RunIdentity& identity = planned.identity;
    const bool belongs = episode.task == identity.task && episode.sampler == identity.sampler &&
                         episode.scheduler == identity.scheduler && episode.seed >= identity.seed &&
                         episode.seed - identity.seed < static_cast<uint64_t>(planned.episodes);
    if (!belongs) throw FileError("{}: this episode is not part of the manifest", where);
    const auto [there, is_new] = episodes_[row].emplace(episode.seed, episode);
    if (!is_new && !SameButForTime(there->second, episode)) {
      throw FileError("{}: seed {} is there twice, with different results", where, episode.seed);
    }
  }

  void AddMeasurement(const json& record, const std::string& where) {
    const JsonReader reader(record, where, "a record");
    std::string kind;
    reader.Read("kind", &kind);
    if (kind == "latency") return AddLatency(record, where);
    if (kind == "observations") return AddObservations(record, where);
    if (kind == "clocks") {
      reader.Read("clocks", &folder_.clocks.emplace().clocks);
      reader.Read("throttle", &folder_.clocks->throttle);
      return;
    }
    RunData& run = folder_.runs[RowOf(record, where)];
    if (kind == "action_error") {
      reader.Read("mean_abs", &run.action_error.emplace().mean_abs);
      reader.Read("max_abs", &run.action_error->max_abs);
    } else if (kind == "spread") {
      reader.Read("mean", &run.spread.emplace().mean);
    } else if (kind == "plans") {
      run.plan_map = PlanMapFromJson(record, where);
    } else {
      throw FileError("{}: the kind '{}' is unknown", where, kind);
    }
  }

  // Another host than before begins anew.
  void AddLatency(const json& record, const std::string& where) {
    const JsonReader reader(record, where, "a record");
    std::string host;
    reader.Read("host", &host);
    if (host != folder_.latency_host) {
      for (RunData& run : folder_.runs) run.latency.reset();
      folder_.latency_host = host;
    }
    const json& rows = reader.List("rows");
    const json& ms = reader.List("ms");
    const bool with_phases = reader.Has("phases");  // not in folders of earlier versions
    if (!folder_.manifest.latency || rows.size() != ms.size() ||
        (with_phases && reader.List("phases").size() != rows.size())) {
      throw FileError("{}: these latencies do not fit the manifest", where);
    }
    for (size_t i = 0; i < rows.size(); ++i) {
      RunData& run = folder_.runs[Checked(rows[i].get<uint64_t>(), where)];
      LatencySamples samples{ms[i].get<std::vector<double>>(),
                             folder_.manifest.latency->block_size};
      if (with_phases) samples.phases = PhasesFromJson(reader.List("phases")[i], where);
      if (!run.latency) run.latency = LatencySamples{{}, samples.block_size};
      run.latency->Append(samples);
    }
  }

  void AddObservations(const json& record, const std::string& where) {
    const JsonReader reader(record, where, "a record");
    std::string task;
    RecordedObservations recorded;
    reader.Read("task", &task);
    reader.Read("steps", &recorded.steps);
    reader.Read("size", &recorded.size);
    recorded.values = reader.List("values").get<std::vector<float>>();
    const int64_t each = recorded.steps * recorded.size;
    if (each < 1 || recorded.values.empty() ||
        static_cast<int64_t>(recorded.values.size()) % each != 0) {
      throw FileError("{}: these observations are not whole", where);
    }
    folder_.observations[task] = std::move(recorded);
  }

  const fs::path path_;
  RunFolder folder_;
  std::vector<std::map<uint64_t, EpisodeRecord>> episodes_;  // of each row, by seed
};

PosixFile Lock(const fs::path& folder) {
  PosixFile lock(folder, O_RDONLY | O_DIRECTORY);
  if (!lock.TryLock()) {
    throw UsageError("another sagbench is writing to '{}': wait for it, or name another folder",
                     folder.string());
  }
  return lock;
}

}  // namespace

bool IsRunFolder(const fs::path& folder) {
  return fs::exists(folder / kManifest);
}

RunFolder ReadRunFolder(const fs::path& folder) {
  if (!IsRunFolder(folder)) {
    throw FileError("'{}' is not a run folder: it has no {}", folder.string(), kManifest);
  }
  try {
    return FolderReader(folder).Read();
  } catch (const json::exception& error) {
    throw FileError("'{}': a number is expected where something else stands ({})", folder.string(),
                    error.what());
  }
}

void WriteManifest(const fs::path& folder, const Manifest& manifest) {
  WriteFileAtomically(folder / kManifest, ToJson(manifest).dump(1) + "\n");
}

RunFolderWriter::RunFolderWriter(const fs::path& folder)
    : lock_(Lock(folder)), episodes_(folder / kEpisodes), measurements_(folder / kMeasurements) {}

void RunFolderWriter::Append(size_t row, const EpisodeRecord& episode) {
  json record = ToJson(episode);
  record["row"] = row;
  episodes_.Append(record);
}

void RunFolderWriter::AppendObservations(const std::string& task,
                                         const RecordedObservations& observations) {
  measurements_.Append({{"kind", "observations"},
                        {"task", task},
                        {"steps", observations.steps},
                        {"size", observations.size},
                        {"values", observations.values}});
}

void RunFolderWriter::AppendLatency(const std::string& host, const std::vector<size_t>& rows,
                                    const std::vector<LatencySamples>& round) {
  json record = {{"kind", "latency"}, {"host", host}, {"rows", rows}};
  for (const LatencySamples& samples : round) {
    record["ms"].push_back(samples.ms);
    if (samples.phases) record["phases"].push_back(ToJson(*samples.phases));
  }
  measurements_.Append(record);
}

void RunFolderWriter::AppendClocks(const GpuClocks& clocks) {
  measurements_.Append(
      {{"kind", "clocks"}, {"clocks", clocks.clocks}, {"throttle", clocks.throttle}});
}

void RunFolderWriter::Append(size_t row, const ActionError& error) {
  measurements_.Append({{"kind", "action_error"},
                        {"row", row},
                        {"mean_abs", error.mean_abs},
                        {"max_abs", error.max_abs}});
}

void RunFolderWriter::Append(size_t row, const Spread& spread) {
  measurements_.Append({{"kind", "spread"}, {"row", row}, {"mean", spread.mean}});
}

void RunFolderWriter::Append(size_t row, const PlanMap& plans) {
  json record(ToJson(plans));
  record["kind"] = "plans";
  record["row"] = row;
  measurements_.Append(record);
}

}  // namespace sagbench
