#include "policies/kernels.h"

#include <initializer_list>

#include "policies/kernels_multiply.h"

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
  for (const Kernels* kernels : {Avx512Kernels(), Avx2Kernels()}) {
    if (kernels != nullptr) return *kernels;
  }
  return kPortable;
}

}  // namespace sagbench
