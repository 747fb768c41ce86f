#include "core/timed_scope.h"

#include <thread>

#include <gtest/gtest.h>

namespace sagbench {
namespace {

TEST(TimedScope, AddsItsLife) {
  double seconds = 1.0;
  {
    const TimedScope scope(&seconds);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    EXPECT_EQ(seconds, 1.0);
  }
  EXPECT_GE(seconds, 1.02);
  EXPECT_LT(seconds, 6.0);
}

}  // namespace
}  // namespace sagbench
