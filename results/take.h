#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "results/manifest.h"
#include "results/run_folder.h"

namespace sagbench {

// A group of episodes that another build, or this one with more or fewer threads, computed.
struct TakenGroup {
  WorkItem item;  // of the run that takes
  std::vector<EpisodeRecord> episodes;
};

// What a run can take over from another, so that rows which both have are computed once.
struct Taken {
  std::string name;                                          // of the other folder, for sentences
  std::vector<std::pair<size_t, EpisodeRecord>> episodes;    // of rows of the run that takes
  std::map<std::string, RecordedObservations> observations;  // by task
  // Of another build or number of threads: the first group of each row. It is not among `episodes`,
  // which are to be taken only where this run computes that group alike (CheckTaken).
  std::vector<TakenGroup> checks;
};

// Whole groups of episodes (WorkItem) of the rows of `here` that `there` has, too: they are bits
// that the run itself would compute, or that it shows to be so (Taken::checks). Throws Error
// (usage) if they share no row, or if settings, compiler or libraries differ, naming what differs.
Taken TakeFrom(const RunFolder& there, const std::string& name, const Manifest& here);

// Episodes of another build that are believed, and sentences about rows that are not.
struct CheckedEpisodes {
  std::vector<std::pair<size_t, EpisodeRecord>> episodes;
  std::vector<std::string> notices;
};

// The episodes of those rows whose first group `compute` makes as the other build did, in anything
// but its time.
CheckedEpisodes CheckTaken(
    const Taken& taken, const Manifest& here,
    const std::function<std::vector<EpisodeRecord>(const WorkItem&)>& compute);

}  // namespace sagbench
