#pragma once

#include <span>
#include <vector>

#include "core/demonstrations.h"
#include "tasks/task.h"

namespace sagbench {

// Steps a task and keeps the episode as a demonstration: what was seen and the state before each
// action, reward and end after it.
class Recorder {
 public:
  // `observation` is the task's at its present state; `task` must outlive this.
  Recorder(Task& task, std::vector<double> observation);

  // One control step. Returns false when the episode is over. Throws Error (usage), see Task.
  bool Step(std::span<const double> action);

  const std::vector<double>& observation() const { return observation_; }
  bool success() const { return success_; }
  Demonstration Take() { return std::move(demonstration_); }

 private:
  Task& task_;
  std::vector<double> observation_;
  Demonstration demonstration_;
  bool success_ = false;
};

}  // namespace sagbench
