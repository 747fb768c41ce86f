#include <gtest/gtest.h>

#include "core/error.h"
#include "schedulers/scheduler.h"
#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

TEST(FirstBlockCache, ComputesTheFirstLayerAlwaysAndTheRestByThreshold) {
  const Policy policy = TinyPolicy();
  const Chunk chunk = ActOnce(policy, "ddpm", "fbcache:threshold=0.3", {0});
  const Plan& plan = chunk.plans.front();
  int whole = 0;
  for (int step = 0; step < plan.steps(); ++step) {
    for (int block = 0; block < 3; ++block) EXPECT_TRUE(plan.at(step, block).compute);
    for (int block = 3; block < 6; ++block) {
      EXPECT_EQ(plan.at(step, block).compute, plan.at(step, 3).compute);
    }
    whole += plan.at(step, 3).compute ? 1 : 0;
  }
  EXPECT_GT(whole, 1);
  EXPECT_LT(whole, plan.steps());
  EXPECT_EQ(chunk.rows[0].computed_cells, 300 + 3 * whole);
}

TEST(FirstBlockCache, AHigherThresholdSkipsMore) {
  const Policy policy = TinyPolicy();
  int64_t before = 601;
  for (const char* threshold : {"0.01", "0.1", "0.5", "10"}) {
    const Chunk chunk = ActOnce(policy, "ddpm", std::string("fbcache:threshold=") + threshold, {0});
    EXPECT_LE(chunk.rows[0].computed_cells, before) << threshold;
    before = chunk.rows[0].computed_cells;
  }
  EXPECT_EQ(before, 300 + 3);  // at 10 everything is small: one whole step
}

TEST(FirstBlockCache, KeepsItsWarmupAndItsLongestReuse) {
  const Policy policy = TinyPolicy();
  const auto cells = [&](const char* text) {
    return ActOnce(policy, "ddpm", text, {0}).rows[0].computed_cells;
  };
  EXPECT_EQ(cells("fbcache:threshold=10,warmup=7"), 300 + 3 * 7);
  EXPECT_EQ(cells("fbcache:threshold=10,max-reuse=4"), 300 + 3 * 20);
}

}  // namespace
}  // namespace sagbench
