#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/json_lines.h"
#include "tasks/expert.h"

namespace sagbench {

// Finished episodes of a collection that is under way, in OUT.parts/episodes.jsonl. Failures are
// kept without their rows, so that they are not tried again.
class CollectParts {
 public:
  // `settings` tells one collection from another. Throws Error (usage) where parts are there and
  // `resume` is false, or they are of other settings.
  CollectParts(const std::filesystem::path& out, const std::string& settings, bool resume);

  // By index of the episode.
  std::map<size_t, ExpertResult> TakeFinished();
  // For one thread at a time.
  void Append(size_t index, const ExpertResult& result);
  void Remove();

 private:
  std::filesystem::path folder_;
  std::map<size_t, ExpertResult> finished_;
  std::optional<JsonLinesWriter> writer_;
};

}  // namespace sagbench
