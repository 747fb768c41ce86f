#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "bench/latency.h"
#include "bench/shard.h"
#include "bench/suite_rows.h"
#include "bench/suite_times.h"
#include "core/progress.h"
#include "results/manifest.h"
#include "results/report.h"
#include "results/summary.h"

namespace sagbench {

// Whether the environment goes on while a chunk is computed (--real-time).
enum class Thinking { kWaits, kStated, kMeasured };

// What `sagbench run` is asked for.
struct SuiteRequest {
  std::vector<RowSet> rows;
  RowSettings settings;
  bool measure_latency = true;
  bool measure_spread = false;
  LatencySettings latency;
  Thinking thinking = Thinking::kWaits;
  double thinking_ms = 0.0;  // if stated
  SummaryOptions summary;
  std::filesystem::path folder;             // the run folder; empty: keep nothing
  bool resume = false;                      // go on with what the folder holds
  std::vector<std::filesystem::path> take;  // run folders whose episodes of the same rows are taken
  Shard shard;                              // of several: rollouts alone, latency is never merged
  Context context;                          // for the folder's manifest
};

struct SuiteResult {
  std::vector<RunReport> runs;
  std::vector<EpisodeRecord> episodes;
  SuiteTimes times;
  std::optional<GpuClocks> clocks;   // after latency was measured on a GPU
  bool interrupted = false;          // what was finished before is there
  std::vector<std::string> notices;  // sentences about the folder: a torn line was dropped
};

// Checks everything that was asked for, then runs all episodes (groups of all runs in turn), and
// measures latencies, action errors and spreads. With a folder, its manifest is written first and
// then a record of whatever is finished; what it holds already is not run again. Throws Error on
// bad input before anything runs, among it (usage) a folder with a run if `resume` is false, or
// with a run that differs from this one, and folders to take from that share nothing with it.
SuiteResult RunSuite(const SuiteRequest& request, const ProgressSink& progress);

}  // namespace sagbench
