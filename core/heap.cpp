#include "core/heap.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <limits>

namespace sagbench {

void KeepFreedMemory() {
#ifdef __GLIBC__
  constexpr int kLargest = 32 << 20;  // bytes; glibc takes no higher threshold
  mallopt(M_MMAP_THRESHOLD, kLargest);
  mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
  mallopt(M_TOP_PAD, 64 << 20);
  mallopt(M_ARENA_MAX, 1);  // the others give back whole heaps
#endif
}

}  // namespace sagbench
