#include "bench/nvml.h"

#include <gtest/gtest.h>

namespace sagbench {
namespace {

TEST(Nvml, ReadsTheFirstGpu) {
  const auto state = ReadGpuState(SAGBENCH_FAKE_NVML);
  ASSERT_TRUE(state);
  EXPECT_EQ(state->name, "Some GPU");
  EXPECT_EQ(state->driver, "550.1");
  EXPECT_EQ(state->clocks, "SM 1980 MHz, memory 2619 MHz");
  EXPECT_EQ(state->throttle, "power cap, 0x1000");
}

TEST(Nvml, IsAbsentWithoutALibraryOrWithAnother) {
  EXPECT_FALSE(ReadGpuState("/no/such/library.so"));
  EXPECT_FALSE(ReadGpuState("libc.so.6"));
}

}  // namespace
}  // namespace sagbench
