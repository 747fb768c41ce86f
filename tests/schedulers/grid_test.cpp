#include "schedulers/grid.h"

#include <gtest/gtest.h>

#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

TEST(GridOf, IsThatOfTheDensePlan) {
  const Policy policy = TinyPolicy();
  for (const char* sampler : {"ddpm", "ddim:steps=7", "single"}) {
    const Grid grid = GridOf(policy.config, Samplers().Choose(sampler));
    const Plan plan = PlansOf(policy, sampler, "dense").front();
    EXPECT_EQ(grid.steps, plan.steps()) << sampler;
    EXPECT_EQ(grid.blocks, plan.blocks()) << sampler;
  }
}

}  // namespace
}  // namespace sagbench
