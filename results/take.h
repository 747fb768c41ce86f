#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "results/run_folder.h"

namespace sagbench {

// What a run can take over from another, so that rows which both have are computed once.
struct Taken {
  std::vector<std::pair<size_t, EpisodeRecord>> episodes;    // of rows of the run that takes
  std::map<std::string, RecordedObservations> observations;  // by task
};

// Whole groups of episodes (WorkItem) of the rows of `here` that `there` has, too: they are bits
// that the run itself would compute. `name` is of the other folder, for sentences. Throws Error
// (usage) if they share no row, or if settings or build differ, naming what differs.
Taken TakeFrom(const RunFolder& there, const std::string& name, const Manifest& here);

}  // namespace sagbench
