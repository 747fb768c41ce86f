#include <string>

#include <gtest/gtest.h>

#include "policies/aten.h"
#include "policies/kernels.h"
#include "policies/packed_matrix.h"

namespace sagbench {
namespace {

// What they compute is compared in kernels_test.cpp.
TEST(Avx512Kernels, AreChosenWhereTheProcessorHasThem) {
#if defined(__x86_64__)
  const bool there = __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
                     __builtin_cpu_supports("avx512bf16");
#else
  const bool there = false;
#endif
  ASSERT_EQ(Avx512Kernels() != nullptr, there);
  if (!there) return;
  EXPECT_EQ(std::string(BestKernels().name), "avx512-bf16");
}

// float32 must not change with the processor either.
TEST(Avx512Kernels, ComputeFloat32AsAvx2DoesToTheBit) {
  if (Avx512Kernels() == nullptr) GTEST_SKIP() << "this processor has no AVX-512 with bfloat16";
  PanelMemory memory;
  for (const Factors factors : {Factors::kFloat32, Factors::kBfloat16Weights}) {
    const PanelWeights packed = Pack(at::randn({32, 300}), at::randn({32}), factors, memory);
    const at::Tensor left = at::randn({9, 300});
    const auto product = [&](const Kernels& kernels, Activation activation) {
      at::Tensor output = at::empty({9, 32});
      kernels.multiply(packed, 0, 2,
                       {.input = left.const_data_ptr<float>(),
                        .input_stride = 300,
                        .rows = 9,
                        .output = output.data_ptr<float>(),
                        .output_stride = 32,
                        .activation = activation});
      return output;
    };
    for (const Activation activation : {Activation::kNone, Activation::kGelu, Activation::kMish}) {
      EXPECT_TRUE(
          at::equal(product(*Avx512Kernels(), activation), product(*Avx2Kernels(), activation)));
    }
  }
}

}  // namespace
}  // namespace sagbench
