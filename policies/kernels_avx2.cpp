// Compiled for AVX2 and FMA (see CMakeLists.txt), so it includes nothing whose inline functions
// other sources could end up with.
#include "policies/kernels.h"

#if defined(__AVX2__) && defined(__FMA__)

#include <immintrin.h>

#include "policies/kernels_multiply.h"

namespace sagbench {
namespace {

struct Avx2 {
  static Vec MulAdd(Vec a, Vec b, Vec c) {
    return reinterpret_cast<Vec>(_mm256_fmadd_ps(
        reinterpret_cast<__m256>(a), reinterpret_cast<__m256>(b), reinterpret_cast<__m256>(c)));
  }
};

constexpr Kernels kAvx2 = KernelsFor<Avx2>("avx2");

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
