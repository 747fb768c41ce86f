#include "bench/spread.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

std::vector<at::Tensor> Observations(const Policy& policy) {
  return SampleObservations(policy.config, FirstRows(3)).unbind(0);
}

TEST(Spread, IsZeroForASamplerWithoutNoiseAndPositiveForOthers) {
  const Policy policy = TinyPolicy();
  const auto spread = [&](const char* sampler) {
    return MeasureSpread(*MakeExecutor(policy, sampler, "dense"), Observations(policy),
                         policy.config, 7);
  };
  EXPECT_LE(spread("single"), 1e-5);
  EXPECT_GT(spread("ddim:steps=5"), 1e-3);
  EXPECT_EQ(spread("ddim:steps=5"), spread("ddim:steps=5"));
}

TEST(Spread, NeedsAnObservation) {
  const Policy policy = TinyPolicy();
  EXPECT_THROW(MeasureSpread(*MakeExecutor(policy, "ddim", "dense"), {}, policy.config, 7), Error);
}

}  // namespace
}  // namespace sagbench
