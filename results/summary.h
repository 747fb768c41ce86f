#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/phase_times.h"
#include "results/record.h"
#include "results/report.h"

namespace sagbench {

// Chunk latencies of one run, measured in turns with the other runs of its report.
struct LatencySamples {
  std::vector<double> ms;                 // in the order taken
  int64_t block_size = 1;                 // samples in a row before the next run's turn
  std::optional<PhaseTimes> phases = {};  // sums over all samples

  void Append(const LatencySamples& later);  // without phases on either side there are none
};

// All that was measured of one run.
struct RunData {
  RunIdentity identity;
  std::vector<EpisodeRecord> episodes;  // any order; one a seed
  std::optional<LatencySamples> latency;
  std::optional<ActionError> action_error;
  std::optional<Spread> spread;
  std::optional<PlanMap> plan_map;
  double wall_s = 0.0;
};

struct SummaryOptions {
  double margin = 0.05;  // of success rate, for the non-inferiority verdict
  // The verdict is that of a test that may be looked at after every group (sequential.h).
  bool sequential = false;
  Bootstrap bootstrap = {};
  bool exact = false;  // success rates with Clopper and Pearson's interval instead of Wilson's
  std::optional<double> deadline_ms =
      {};  // of a chunk, in place of what the run's control loop leaves
};

// True for dense under the full default sampler (100 steps of ddpm), which every other run of the
// same task, policy, executor and device is compared with.
bool IsBaseline(const RunIdentity& identity);

// Same task and policy on the same machinery, so that only sampler and scheduler differ.
bool IsComparable(const RunIdentity& a, const RunIdentity& b);

// Pairs episodes by seed; those that only one side has are left out.
PairedOutcomes PairEpisodes(const std::vector<EpisodeRecord>& episodes,
                            const std::vector<EpisodeRecord>& dense);

// One row a run, in the order given: a pure function of its arguments. Runs whose baseline is not
// among them have no versus_dense, ratio or speedup.
std::vector<RunReport> Summarise(const std::vector<RunData>& runs, const SummaryOptions& options);

}  // namespace sagbench
