#pragma once

#include <string>

namespace sagbench {

// Seconds by the wall.
struct SuiteTimes {
  double loading = 0.0;     // policies, schedulers, the run folder
  double network = 0.0;     // of the rollouts: the executors
  double simulation = 0.0;  // of the rollouts: the environments
  double rollouts = 0.0;    // all of them; the rest is bookkeeping
  double latency = 0.0;
  double actions = 0.0;  // action errors, plan maps, spreads

  double total() const { return loading + rollouts + latency + actions; }
};

// One line for people; where groups were in flight together, network and simulation may add up to
// more than the rollouts.
std::string DescribeTimes(const SuiteTimes& times);

}  // namespace sagbench
