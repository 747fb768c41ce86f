#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/progress.h"

namespace sagbench {

// Throws Error (environment) if films cannot be made here or not into the folder's videos/.
void CheckFilming(const std::filesystem::path& folder);

struct FailureFilm {
  std::filesystem::path file;  // videos/ROW-SCHEDULER-SEED.mp4 in the folder, rows from 1
  bool made = true;            // false: computed again here, the actions are others than in the run
};

// Films the first `count` failed episodes, by seed, of each row of a run folder. Each is computed
// again with its group, so that its rounding and with it the episode is that of the run, on the
// same machine and program; elsewhere it may differ, and is not filmed. Films that are there are
// left alone. `policy`: folder of the run's
// policy; empty: the task's shipped one. Throws as RecordGroup, DrawEpisodes and VideoWriter.
std::vector<FailureFilm> FilmFailures(const std::filesystem::path& folder,
                                      const std::string& policy, int64_t count,
                                      const ProgressSink& progress);

}  // namespace sagbench
