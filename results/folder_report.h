#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "results/report.h"
#include "results/run_folder.h"

namespace sagbench {

// How much of the planned work of a run folder is there.
struct Coverage {
  int64_t episodes = 0, planned_episodes = 0;
  int64_t samples = 0, planned_samples = 0;    // of latency
  int64_t measured = 0, planned_measured = 0;  // action errors, spreads and plan maps
  bool complete() const {
    return episodes == planned_episodes && samples == planned_samples &&
           measured == planned_measured;
  }
};

Coverage CoverageOf(const RunFolder& folder);

// "34 of 600 episodes, 0 of 400 latency samples"; what was not planned is left out.
std::string DescribeCoverage(const Coverage& coverage);

// Whether the actions of such a row are compared with those of dense, and its plans looked at.
bool ComparesActions(const RunIdentity& identity);

// What is known of the clocks becomes part of the context.
void AddClocks(const std::optional<GpuClocks>& clocks, Context* context);

// The report, from the folder alone: the same whenever and wherever it is made. A warning says what
// is missing. Margin and the bootstrap's seed are the folder's, whatever `options` say.
Report ReportOf(const RunFolder& folder, SummaryOptions options = {});

}  // namespace sagbench
