#pragma once

#include <string>

#include "results/compare.h"
#include "results/report.h"

namespace sagbench {

// For a pull request: the verdict, a table of what changed, and how many figures did not;
// with `all` those are listed, too.
std::string ComparisonMarkdown(const Comparison& comparison, bool all = false);

// {"regressed": ..., "changes": [{"kind", "row", "figure", "base", "now", "note"}, ...]}, all of
// them.
std::string ComparisonJson(const Comparison& comparison);

// Figures of a report in the form that github-action-benchmark reads as customSmallerIsBetter: a
// list of {"name", "unit", "value", "range"?, "extra"?}; GFLOP and milliseconds a chunk, and the
// share of episodes that failed.
std::string BenchmarkActionJson(const Report& report);

}  // namespace sagbench
