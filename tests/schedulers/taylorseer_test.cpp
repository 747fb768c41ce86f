#include <gtest/gtest.h>

#include "core/error.h"
#include "schedulers/scheduler.h"
#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

TEST(TaylorSeer, ComputesTheFirstStepsAndEveryIntervalThAfter) {
  const Policy policy = TinyPolicy();
  const auto count = [&](const char* text) {
    return PlansOf(policy, "ddpm", text).front().ComputedCells() / 6;
  };
  EXPECT_EQ(count("taylorseer:interval=10"), 10);
  EXPECT_EQ(count("taylorseer:interval=10,warmup=3"), 12);
  EXPECT_EQ(count("taylorseer:interval=7"), 15);
  EXPECT_EQ(count("taylorseer:interval=100"), 1);
}

TEST(TaylorSeer, SlotsForecastWithItsOrder) {
  const Policy policy = TinyPolicy();
  const auto plan = PlansOf(policy, "ddpm", "taylorseer:order=2").front();
  EXPECT_EQ(plan.layout().orders, std::vector<uint8_t>(6, 2));
}

// From the first step on that has order + 1 computed ones behind it, forecasts differ from reuse.
TEST(TaylorSeer, DiffersFromStaticCache) {
  const Policy policy = TinyPolicy();
  const Chunk forecast = ActOnce(policy, "ddim:steps=20", "taylorseer:interval=5", {0});
  const Chunk reuse = ActOnce(policy, "ddim:steps=20", "static-cache:interval=5", {0});
  EXPECT_EQ(forecast.rows[0].computed_cells, reuse.rows[0].computed_cells);
  EXPECT_GT(MaxDifference(forecast.trajectory, reuse.trajectory), 1e-5);
}

}  // namespace
}  // namespace sagbench
