#include "policies/kernels.h"

#include "policies/kernels_body.h"

namespace sagbench {
namespace {

struct Portable {
  static Vec MulAdd(Vec a, Vec b, Vec c) { return a * b + c; }
};

constexpr Kernels kPortable = KernelsFor<Portable>("portable");

}  // namespace

const Kernels& PortableKernels() {
  return kPortable;
}

const Kernels& BestKernels() {
  const Kernels* avx2 = Avx2Kernels();
  return avx2 != nullptr ? *avx2 : kPortable;
}

}  // namespace sagbench
