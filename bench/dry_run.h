#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bench/suite.h"
#include "results/folder_report.h"

namespace sagbench {

// What a suite would do for one row, and how long that takes by the estimate.
struct DryRow {
  RunIdentity identity;
  int64_t episodes = 0, missing_episodes = 0;  // of this shard
  bool rollouts_from_folder = false;  // else from measured chunks, as if no episode ended early
  bool latency_from_folder = false;
  double chunk_s = 0.0;  // of one action chunk at batch 1
  double rollout_s = 0.0, latency_s = 0.0, measuring_s = 0.0;
};

struct DryRun {
  std::vector<DryRow> rows;
  int64_t groups = 0, missing_groups = 0, batch = 0;
  Coverage coverage;       // of the whole run, all shards
  bool measures = true;    // latency and actions are left out of shards
  double seconds() const;  // by the estimate
  bool estimates() const;  // there is something to do
};

// Looks at what RunSuite would do, without running it and without writing anything: checks the
// request as RunSuite does, counts what is missing, and takes the times from the run folder where
// it has some, else from a few chunks of each row. Throws as RunSuite.
DryRun PlanSuite(const SuiteRequest& request);

// For people: a table of the rows, what is missing, the estimate and where it is from.
std::string DryRunText(const DryRun& plan);

// "45 s", "12 min", "3.4 h".
std::string RoughDuration(double seconds);

}  // namespace sagbench
