#pragma once

#include <optional>
#include <string>
#include <vector>

#include "results/run_folder.h"

namespace sagbench {

// How one figure of one row changed.
struct Change {
  enum class Kind {
    kSame,        // equal, or no evidence of a change
    kBetter,      // gated or not
    kAdvisory,    // worse or other, but not gated: another machine, or a clock
    kRegression,  // worse, and gated
  };
  Kind kind = Kind::kSame;
  std::string row;     // "pusht ddpm sag:rate=0.9"
  std::string figure;  // "FLOPs", "plans", "actions", "success", "score", "speed-up", "row"
  std::string base, now;
  std::string note;  // why it is of this kind; may be empty
};

struct CompareOptions {
  double margin = 0.05;                  // of success, on paired episodes
  std::optional<double> gate_time = {};  // share of the speed-up that may be lost; absent: advisory
  bool any_executor = false;             // rows are the same whatever executor and device ran them
};

struct Comparison {
  std::vector<Change> changes;  // row by row, each figure that both have
  bool regressed() const;
};

// Compares two runs row by row. Gated are figures without noise: FLOPs a chunk of static plans, the
// success on the same episodes (a loss of more than the margin must be shown), rows that are gone;
// plans and actions where CPU, threads, batch and libraries are the same. Times are only compared
// as the speed-up within each run, scores as their
// paired difference, not gated. Throws Error (usage) if the two are not comparable: no row in
// common, or a row of another policy, with other knobs or other seeds, or (any_executor) one that
// several rows of `now` may be.
Comparison CompareRuns(const RunFolder& base, const RunFolder& now, const CompareOptions& options);

// "same", "better", "advisory", "REGRESSION".
std::string KindName(Change::Kind kind);

}  // namespace sagbench
