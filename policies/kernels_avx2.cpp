// Compiled for AVX2 and FMA (see CMakeLists.txt), so it includes nothing whose inline functions
// other sources could end up with.
#include "policies/kernels.h"

#if defined(__AVX2__) && defined(__FMA__)

#include "policies/kernels_multiply.h"

namespace sagbench {
namespace {

constexpr Kernels kAvx2 = KernelsFor<FusedMulAdd>("avx2");

}  // namespace

const Kernels* Avx2Kernels() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &kAvx2 : nullptr;
}

}  // namespace sagbench

#else

namespace sagbench {
const Kernels* Avx2Kernels() {
  return nullptr;
}
}  // namespace sagbench

#endif
