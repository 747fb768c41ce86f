#pragma once

#include <limits>
#include <vector>

#include "tasks/pusht_push.h"

namespace sagbench::pusht {

// A sequence of pushes and what it is expected to cost in control steps.
struct Plan {
  std::vector<Push> pushes;
  double cost = 0.0;
  bool success = false;
};

struct BeamSettings {
  int beam = 4;         // plans kept of each way to begin, at each level
  double grid = 13.0;   // px between contacts on the first level; half as much again deeper
  double slack = 10.0;  // steps beyond the best known success that are still searched
};

// Beam search over up to kMaxPushes pushes from `start`: for every way to begin (mode) the cheapest
// plan found, cheapest first. Not empty. Plans that take many more steps than `known`, the cost of
// a plan that is known to succeed, are not looked for.
std::vector<Plan> SearchPlans(const Moment& start, const BeamSettings& settings,
                              double known = std::numeric_limits<double>::infinity());

}  // namespace sagbench::pusht
