#include "core/heap.h"

#include <cstring>
#include <memory>
#include <thread>

#include <gtest/gtest.h>
#include <sys/resource.h>

namespace sagbench {
namespace {

constexpr size_t kBytes = 12 << 20;
constexpr int kTimes = 50;

long PageFaults() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_minflt;
}

// Page faults of a thread that makes, fills and drops a large block again and again.
long FaultsOfABusyThread() {
  long faults = 0;
  std::jthread([&faults] {
    const long before = PageFaults();
    for (int i = 0; i < kTimes; ++i) {
      const auto block = std::make_unique_for_overwrite<char[]>(kBytes);
      std::memset(block.get(), i, kBytes);
    }
    faults = PageFaults() - before;
  }).join();
  return faults;
}

TEST(Heap, FreedMemoryIsUsedAgainWithoutPageFaults) {
#ifndef __GLIBC__
  GTEST_SKIP() << "only glibc can be told";
#endif
  KeepFreedMemory();
  FaultsOfABusyThread();  // gets the memory
  const long once = kBytes / 4096;
  EXPECT_LT(FaultsOfABusyThread(), once);
}

}  // namespace
}  // namespace sagbench
