#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "results/manifest.h"
#include "results/run_folder.h"

namespace sagbench {

// A group of episodes that another build computed.
struct TakenGroup {
  WorkItem item;  // of the run that takes
  std::vector<EpisodeRecord> episodes;
};

// What a run can take over from another, so that rows which both have are computed once.
struct Taken {
  std::string name;                                          // of the other folder, for sentences
  std::vector<std::pair<size_t, EpisodeRecord>> episodes;    // of rows of the run that takes
  std::map<std::string, RecordedObservations> observations;  // by task
  // Of another commit: the first group of each row. It is not among `episodes`; those are to be
  // taken only if this build computes the same group alike.
  std::vector<TakenGroup> checks;
};

// Whole groups of episodes (WorkItem) of the rows of `here` that `there` has, too: they are bits
// that the run itself would compute, or that it shows to be so (Taken::checks). Throws Error
// (usage) if they share no row, or if settings, compiler or libraries differ, naming what differs.
Taken TakeFrom(const RunFolder& there, const std::string& name, const Manifest& here);

// The seed of the first of another build's episodes that `here` lacks or that came out otherwise
// here, in anything but its time.
std::optional<uint64_t> FirstUnlike(const std::vector<EpisodeRecord>& theirs,
                                    const std::vector<EpisodeRecord>& here);

// Why nothing of the row is taken.
std::string DescribeUnlike(const Taken& taken, const RunIdentity& row, uint64_t seed);

}  // namespace sagbench
