#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "results/manifest.h"

namespace sagbench {

// Which of the work items to compute: those whose row plus group (both from 0) leaves `index` when
// divided by `count`.
struct Shard {
  int64_t index = 0;
  int64_t count = 1;
};

bool Contains(const Shard& shard, const WorkItem& item, int64_t batch);

// A shard, and who says so: "--shard" or e.g. "Slurm array task 3 of 8".
struct ShardChoice {
  Shard shard;
  std::string source;
};

// The value of a variable of the environment; null where it is not set.
using Environment = std::function<const char*(const char* name)>;

// "i/n" with i in 1..n, or "auto": which of several processes this is by the variables that a Slurm
// array, a Kubernetes indexed job (with JOB_COMPLETIONS beside what Kubernetes sets), Open MPI, a
// PMI launcher or srun sets, the first of these that is there. Throws Error (usage) on anything
// else, on a count or index that is no number or out of range, and where nothing says.
ShardChoice ChooseShard(const std::string& text, const Environment& environment);

}  // namespace sagbench
