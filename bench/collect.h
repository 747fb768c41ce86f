#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/progress.h"
#include "tasks/expert.h"

namespace sagbench {

// Seeds of demonstrations stay below; evaluations start there.
inline constexpr uint64_t kFirstEvaluationSeed = 100000;

// Throws Error (usage) if one of `count` seeds from `first` on belongs to evaluations.
void RefuseEvaluationSeeds(uint64_t first, int64_t count);

// What makes a demonstration: an expert's Solve, or a policy that acts.
using Actor = std::function<ExpertResult(const ExpertRequest&)>;
// One actor for each thread; called by the thread that collects.
using ActorFactory = std::function<Actor()>;

// Which episodes the file holds.
enum class Keep { kSuccesses, kFailures, kAll };

struct CollectRequest {
  std::vector<ExpertRequest> episodes;            // in the order of the file
  std::map<std::string, std::string> attributes;  // of the file; part of what --resume compares
  std::vector<std::filesystem::path> include;     // demonstrations of these files come first
  std::vector<std::string> observation_keys;      // read from `include`
  std::filesystem::path out;                      // HDF5
  Keep keep = Keep::kSuccesses;
  bool resume = false;  // go on from OUT.parts
  int threads = 1;
  double valid_share = 0.02;
};

struct CollectSummary {
  int64_t episodes = 0, successes = 0, resumed = 0;
  int64_t steps = 0;                     // control steps in the file
  int64_t demonstrations = 0;            // in the file
  double seconds = 0.0;                  // the actors' own, summed
  double longest = 0.0;                  // of one episode
  std::map<std::string, int64_t> modes;  // how often each first choice was taken
};

// Runs the episodes and writes those to keep to `out`, the same bytes whatever the threads. Each
// finished episode goes to OUT.parts/ at once, so that an interruption (Error, exit code 130) loses
// none; OUT.parts/ goes when `out` is there. Throws Error: seeds of evaluations, an `out` that is
// there already, other settings than those of the parts (usage); see also WriteDemonstrations.
CollectSummary Collect(const CollectRequest& request, const ActorFactory& make_actor,
                       const ProgressSink& progress);

struct ModeCheck {
  int64_t starts = 0;
  int64_t different = 0;                 // starts whose two demonstrations begin in other modes
  std::map<std::string, int64_t> modes;  // how often each was chosen
};

// Solves every start twice, with two choice seeds, and compares the first choices.
ModeCheck CheckModes(const std::vector<ExpertRequest>& starts, const ActorFactory& make_actor,
                     int threads, const ProgressSink& progress);

// `count` requests of one kind of start with seeds from `first_seed` on.
std::vector<ExpertRequest> SeededStarts(StartKind kind, uint64_t first_seed, int64_t count,
                                        uint64_t choice_seed);

// "reset", "near-goal", "visited".
std::string StartName(StartKind kind);

// "successes", "failures", "all".
std::string KeepName(Keep keep);

}  // namespace sagbench
