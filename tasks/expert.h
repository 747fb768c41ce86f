#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/demonstrations.h"
#include "core/registry.h"
#include "tasks/task.h"

namespace sagbench {

// Where a demonstration starts.
enum class StartKind { kReset, kNearGoal, kState };

struct ExpertRequest {
  StartKind start = StartKind::kReset;
  uint64_t seed = 0;         // start state (kReset, kNearGoal) and the expert's own choices
  uint64_t choice_seed = 0;  // second word of the expert's choices: same start, other demonstration
  std::vector<double> state;  // kState only
};

struct ExpertResult {
  bool success = false;
  Demonstration demonstration;  // complete also on failure
  std::string first_choice;     // names the first mode taken, e.g. the first push's edge
  double seconds = 0.0;
};

// Solves a task from the given start; deterministic in the request.
class Expert {
 public:
  virtual ~Expert() = default;
  virtual ExpertResult Solve(const ExpertRequest& request) = 0;
};

// Registered under the task's name.
using ExpertRegistry = Registry<Expert>;
ExpertRegistry& Experts();

}  // namespace sagbench
