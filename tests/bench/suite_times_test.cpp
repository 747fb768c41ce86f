#include "bench/suite_times.h"

#include <gtest/gtest.h>

namespace sagbench {
namespace {

TEST(SuiteTimes, AreOneLineThatAddsUp) {
  const SuiteTimes times = {.loading = 1.0,
                            .network = 6.0,
                            .simulation = 3.0,
                            .rollouts = 9.5,
                            .latency = 2.0,
                            .actions = 0.5};
  EXPECT_EQ(DescribeTimes(times),
            "13.0 s: loading 1.0, rollouts 9.5 (network 6.0, simulation 3.0, bookkeeping 0.5), "
            "latency 2.0, action errors and plans 0.5");
}

TEST(SuiteTimes, SayWhatHappenedAtTheSameTime) {
  const std::string line = DescribeTimes({.network = 6.0, .simulation = 3.0, .rollouts = 7.0});
  EXPECT_NE(line.find("(network 6.0, simulation 3.0, 2.0 of it at the same time)"),
            std::string::npos)
      << line;
}

}  // namespace
}  // namespace sagbench
