#pragma once

#include "results/report.h"

namespace sagbench {

// Three steps of two layers of self-attention and feed-forward; two replans that differ.
inline PlanMap SamplePlanMap() {
  return {.steps = 3,
          .blocks = 4,
          .block_names = {"SA0", "FF0", "SA1", "FF1"},
          .observations = 2,
          .computed = {1, 1, 1, 1, 0.5, 0, 0, 1, 0.5, 0, 0, 0},
          .replans = {"####\n#..#\n....\n", "####\n...#\n#...\n"},
          .replans_seen = 2};
}

}  // namespace sagbench
