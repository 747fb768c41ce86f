#include "bench/nvml.h"

#include <gtest/gtest.h>

namespace sagbench {
namespace {

TEST(Nvml, ReadsTheGpuThatCudaSees) {
  const auto state = ReadGpuState("", SAGBENCH_FAKE_NVML);
  ASSERT_TRUE(state);
  EXPECT_EQ(state->name, "First GPU");
  EXPECT_EQ(state->driver, "550.1");
  EXPECT_EQ(state->clocks, "SM 1980 MHz, memory 2619 MHz");
  EXPECT_EQ(state->throttle, "power cap, 0x1000");
  EXPECT_EQ(ReadGpuState("1,0", SAGBENCH_FAKE_NVML)->name, "Second GPU");
  EXPECT_EQ(ReadGpuState("GPU-2", SAGBENCH_FAKE_NVML)->name, "Second GPU");
}

// The second cannot say why its clocks are low.
TEST(Nvml, WhatIsNotToldIsAbsent) {
  const auto state = ReadGpuState("1", SAGBENCH_FAKE_NVML);
  ASSERT_TRUE(state);
  EXPECT_FALSE(state->throttle);
  EXPECT_TRUE(state->clocks);
}

TEST(Nvml, NothingWithoutTheLibraryOrTheGpu) {
  EXPECT_FALSE(ReadGpuState("", "/no/such/library.so"));
  EXPECT_FALSE(ReadGpuState("", "libc.so.6"));
  EXPECT_FALSE(ReadGpuState("7", SAGBENCH_FAKE_NVML));
  EXPECT_FALSE(ReadGpuState("GPU-7", SAGBENCH_FAKE_NVML));
}

}  // namespace
}  // namespace sagbench
