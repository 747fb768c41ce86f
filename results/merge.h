#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "results/run_folder.h"

namespace sagbench {

// What became of the episodes of several folders.
struct MergeResult {
  RunFolder folder;
  int64_t duplicates = 0;  // episodes that several folders had, with the same results
};

// The episodes and recorded observations of folders that hold parts of one run, in the order of
// rows and seeds, so that the result does not depend on who computed what. Latency and what else is
// measured on one machine is left out. `names` are of the folders, for sentences. Throws Error
// (usage) if they are not of one run, naming what differs, and Error (bad file) if they disagree on
// an episode.
MergeResult MergeRuns(const std::vector<RunFolder>& folders, const std::vector<std::string>& names);

// Writes all of it into an empty or new folder. Throws Error (usage) if a run is there.
void WriteRunFolder(const std::filesystem::path& path, const RunFolder& folder);

// The command that computes what a folder lacks: the one that its manifest holds, for `out`, on one
// machine and with --resume.
std::string ResumeCommand(const Manifest& manifest, const std::string& out);

}  // namespace sagbench
