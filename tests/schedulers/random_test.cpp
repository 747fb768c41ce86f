#include <gtest/gtest.h>

#include "core/error.h"
#include "schedulers/scheduler.h"
#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

TEST(Random, ComputesExactlyItsShareOfCells) {
  const Policy policy = TinyPolicy();  // 2 layers: 600 cells under 100 steps
  for (const auto& [rate, count] : std::vector<std::pair<const char*, int64_t>>{
           {"0", 600}, {"0.5", 300}, {"0.9", 60}, {"0.99", 6}, {"0.333", 400}}) {
    const auto plan = PlansOf(policy, "ddpm", std::string("random:rate=") + rate).front();
    EXPECT_EQ(plan.ComputedCells(), count) << rate;
  }
}

TEST(Random, ItsSeedDrawsAnotherMask) {
  const Policy policy = TinyPolicy();
  const auto digest = [&](const char* text) {
    return PlansOf(policy, "ddpm", text).front().Digest();
  };
  EXPECT_EQ(digest("random"), digest("random:seed=0"));
  EXPECT_NE(digest("random"), digest("random:seed=1"));
}

TEST(Random, SpreadsOverStepsAndBlocks) {
  const Policy policy = TinyPolicy();
  const auto plan = PlansOf(policy, "ddpm", "random:rate=0.5").front();
  int first_half = 0, first_layer = 0;
  for (int step = 1; step < 100; ++step) {
    for (int block = 0; block < 6; ++block) {
      if (!plan.at(step, block).compute) continue;
      first_half += step < 50 ? 1 : 0;
      first_layer += block < 3 ? 1 : 0;
    }
  }
  EXPECT_NEAR(first_half, 147, 45);  // about 4 standard deviations
  EXPECT_NEAR(first_layer, 147, 45);
}

}  // namespace
}  // namespace sagbench
