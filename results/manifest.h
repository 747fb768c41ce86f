#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "results/report.h"

namespace sagbench {

// A row of the report as it was planned.
struct PlannedRow {
  RunIdentity identity;
  int64_t episodes = 0;  // with seeds identity.seed, identity.seed + 1, ...
};

struct LatencyPlan {
  int64_t samples = 0;     // of each row
  int64_t warmup = 0;      // chunks before, of each row
  int64_t block_size = 0;  // samples in a row before the next row's turn
  // Enough before: once every median's interval lies within this share of it.
  std::optional<double> within = {};
};

// What a run folder is for, written before anything runs: all that decides its results.
struct Manifest {
  static constexpr int kFormat = 1;
  std::vector<PlannedRow> rows;
  int64_t batch = 0;  // episodes computed together
  double margin = 0.05;
  bool sequential = false;             // rows stop at their verdict (early_stop.h)
  std::optional<LatencyPlan> latency;  // absent: not measured
  bool spread = false;                 // measured
  bool plans = false;                  // plan maps are measured; not in folders of earlier versions
  Context context;                     // of the first start; its build is part of what a run is
};

// The unit of work: episodes first..first+count-1 of a row, always computed together, so that their
// rounding does not depend on who computes them, or when.
struct WorkItem {
  size_t row = 0;
  int64_t first = 0;
  int64_t count = 0;
};

// All of them, group by group with every row in turn: what is done at any time is paired. The
// position in this list is the item's number, whatever the shards.
std::vector<WorkItem> WorkItems(const Manifest& manifest);

nlohmann::json ToJson(const Manifest& manifest);

// Throws Error (bad file), its sentence beginning with `origin`, for a missing or ill-typed key, a
// count below 1 or another format.
Manifest ManifestFromJson(const nlohmann::json& json, const std::string& origin);

// What a run measures besides its episodes may grow: adds to `manifest` what `more` has, and its
// command line, which does all of it. True if that changed it.
bool AddMeasurements(const Manifest& more, Manifest* manifest);

// True if they differ in nothing but the number of episodes.
bool IsSameRow(const PlannedRow& one, const PlannedRow& other);

// What keeps two manifests from being of one run, e.g. "batch (there 25, here 50)" or "scheduler of
// row 3 (there ..., here ...)": settings, rows,
// weights, build, and how latency is measured where both measure it. Empty: they are of one run.
std::vector<std::string> Differences(const Manifest& there, const Manifest& here);

// The same for a sentence: the first few of them, and how many more there are.
std::string DescribeDifferences(const std::vector<std::string>& differences);

}  // namespace sagbench
