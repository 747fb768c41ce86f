// schedulers/README.md's example is compiled into this program (see tests/CMakeLists.txt), so the
// contract suite runs it like every registered scheduler.
#include <gtest/gtest.h>

#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

TEST(ReadmeExample, IsRegisteredAndSkipsHalfOfTheOddLayers) {
  ASSERT_TRUE(Schedulers().Has("every-other"));
  const Policy policy = TinyPolicy();  // layers 0 and 1
  EXPECT_EQ(PlansOf(policy, "ddpm", "every-other").front().ComputedCells(), 300 + 150);
}

}  // namespace
}  // namespace sagbench
