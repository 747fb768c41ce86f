#include "schedulers/device_policy.h"

#include <gtest/gtest.h>

#include "policies/aten.h"
#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

TEST(DevicePolicy, SharesWhatIsThereAlready) {
  const Policy policy = TinyPolicy();
  const DevicePolicy moved = PolicyOn(policy, at::kCPU);
  EXPECT_EQ(moved.network.weights().pos_emb.data_ptr(), policy.weights.pos_emb.data_ptr());
  EXPECT_EQ(moved.action_normalizer.scale.data_ptr(), policy.action_normalizer.scale.data_ptr());
  EXPECT_TRUE(at::equal(moved.observation_normalizer.offset, policy.observation_normalizer.offset));
}

}  // namespace
}  // namespace sagbench
