#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "bench/latency.h"
#include "core/progress.h"
#include "results/report.h"
#include "results/summary.h"

namespace sagbench {

// What `sagbench run` is asked for; lists multiply.
struct SuiteRequest {
  std::vector<std::string> tasks, samplers, schedulers;  // as typed, with knobs
  std::string policy;                                    // folder; empty: the task's shipped one
  std::vector<std::string> executors = {"eager"};
  std::string device = "cpu";
  int64_t episodes = 50;
  uint64_t seed = 100000;  // of the first episode; also keys the noise
  int64_t batch = 25;      // episodes computed together
  int threads = 1;
  bool add_baseline = true;
  bool measure_latency = true;
  bool measure_spread = false;
  LatencySettings latency;
  SummaryOptions summary;
};

struct SuiteResult {
  std::vector<RunReport> runs;
  std::vector<EpisodeRecord> episodes;
  bool interrupted = false;  // what was finished before is there
};

// The folder of a task's shipped policy: policies/weights/TASK under $SAGBENCH_HOME, else under the
// source tree of this build, else under the working folder. Throws Error (bad file) if none is
// there.
std::filesystem::path ShippedPolicy(const std::string& task);

// Checks everything that was asked for, then runs all episodes (groups of all runs in turn) and the
// latency measurement. Throws Error on bad input before anything runs.
SuiteResult RunSuite(const SuiteRequest& request, const ProgressSink& progress);

}  // namespace sagbench
