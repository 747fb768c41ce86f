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
  int beam = 15;       // plans kept a level
  double grid = 10.0;  // px between contacts on the first level; half as much again deeper
};

// Beam search over up to kMaxPushes pushes from `start`: for every way to begin (mode) the cheapest
// plan found, cheapest first. Not empty. Plans that take many more steps than `known`, the cost of
// a plan that is known to succeed, are not looked for.
std::vector<Plan> SearchPlans(const Moment& start, const BeamSettings& settings,
                              double known = std::numeric_limits<double>::infinity());

}  // namespace sagbench::pusht
