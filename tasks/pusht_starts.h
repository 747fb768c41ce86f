#pragma once

#include <span>
#include <vector>

#include "tasks/expert.h"
#include "tasks/pusht_push.h"

namespace sagbench::pusht {

// Puts the task where the request says; returns the observation. Throws Error (usage) on a wrong
// state.
std::vector<double> Start(Task& task, const ExpertRequest& request);

// A push-T state (tasks/pusht.cpp) as the planner sees it, `target` being the last one commanded.
Moment MomentOf(std::span<const double> state, Vec2 target);

// A target that would have the agent move as it does.
Vec2 TargetOf(std::span<const double> state);

}  // namespace sagbench::pusht
