#include <string>

#include <gtest/gtest.h>

#include "policies/kernels.h"

namespace sagbench {
namespace {

// What they compute is compared in kernels_test.cpp.
TEST(Avx2Kernels, AreChosenWhereTheProcessorHasThem) {
#if defined(__x86_64__)
  const bool there = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
  const bool there = false;
#endif
  ASSERT_EQ(Avx2Kernels() != nullptr, there);
  if (Avx512Kernels() != nullptr) return;  // they are preferred
  EXPECT_EQ(std::string(BestKernels().name), there ? "avx2" : "portable");
}

}  // namespace
}  // namespace sagbench
