#include "bench/suite_times.h"

#include <fmt/core.h>

namespace sagbench {

std::string DescribeTimes(const SuiteTimes& times) {
  const double rest = times.rollouts - times.network - times.simulation;
  const std::string remainder = rest >= 0.0 ? fmt::format("bookkeeping {:.1f}", rest)
                                            : fmt::format("{:.1f} of it at the same time", -rest);
  return fmt::format(
      "{:.1f} s: loading {:.1f}, rollouts {:.1f} (network {:.1f}, simulation {:.1f}, {}), latency "
      "{:.1f}, action errors and plans {:.1f}",
      times.total(), times.loading, times.rollouts, times.network, times.simulation, remainder,
      times.latency, times.actions);
}

}  // namespace sagbench
