#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "core/json_lines.h"
#include "core/posix_file.h"
#include "results/manifest.h"
#include "results/summary.h"

namespace sagbench {

// Policy inputs that were recorded in rollouts, [count, steps, size], in task units.
struct RecordedObservations {
  int64_t steps = 0;
  int64_t size = 0;
  std::vector<float> values;
};

// What a run folder holds: manifest.json; episodes.jsonl, one line a finished episode;
// measurements.jsonl, one line for whatever else was measured.
struct RunFolder {
  Manifest manifest;
  std::vector<RunData> runs;  // one for each row of the manifest; episodes by seed
  std::map<std::string, RecordedObservations> observations;  // by task
  std::optional<GpuClocks> clocks;                           // when latency was measured
  std::string latency_host;          // where the latency was measured; empty: nowhere yet
  std::vector<std::string> notices;  // e.g. that a torn last line was dropped
};

// True if a run has begun there.
bool IsRunFolder(const std::filesystem::path& folder);

// Reads everything. Latency that was measured on another host than the last is left out: its times
// must not mix. Throws Error (bad file) if a file is missing or damaged, or does not belong to the
// manifest.
RunFolder ReadRunFolder(const std::filesystem::path& folder);

// Adds to a folder, each record with one write and one fsync. Only one at a time.
class RunFolderWriter {
 public:
  // Throws Error (usage) if another process writes there, else as JsonLinesWriter.
  explicit RunFolderWriter(const std::filesystem::path& folder);

  void Append(size_t row, const EpisodeRecord& episode);
  void AppendObservations(const std::string& task, const RecordedObservations& observations);
  // Samples that rows took in turns: round[i] are those of rows[i].
  void AppendLatency(const std::string& host, const std::vector<size_t>& rows,
                     const std::vector<LatencySamples>& round);
  void AppendClocks(const GpuClocks& clocks);
  void Append(size_t row, const ActionError& error);
  void Append(size_t row, const Spread& spread);
  void Append(size_t row, const PlanMap& plans);

 private:
  PosixFile lock_;
  JsonLinesWriter episodes_, measurements_;
};

// Writes manifest.json, atomically.
void WriteManifest(const std::filesystem::path& folder, const Manifest& manifest);

}  // namespace sagbench
