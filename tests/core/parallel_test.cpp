#include "core/parallel.h"

#include <atomic>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace sagbench {
namespace {

TEST(ParallelFor, VisitsEveryIndexOnce) {
  for (const int threads : {-1, 0, 1, 2, 7}) {
    for (const size_t count : {0, 1, 5, 1000}) {
      std::vector<std::atomic<int>> visits(count);
      ParallelFor(count, threads, [&](size_t i) { ++visits[i]; });
      for (const auto& visit : visits) EXPECT_EQ(visit, 1);
    }
  }
}

TEST(ParallelFor, OneThreadIsTheCallersInOrder) {
  std::vector<size_t> order;
  const std::thread::id caller = std::this_thread::get_id();
  ParallelFor(4, 1, [&](size_t i) {
    order.push_back(i);
    EXPECT_EQ(std::this_thread::get_id(), caller);
  });
  EXPECT_EQ(order, (std::vector<size_t>{0, 1, 2, 3}));
}

TEST(ParallelFor, ThrowsTheFirstExceptionAndBeginsNoMore) {
  for (const int threads : {1, 3}) {
    std::atomic<int> begun{0};
    const auto body = [&](size_t i) {
      ++begun;
      if (i == 2) throw std::runtime_error("two");
      if (i > 2) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    };
    try {
      ParallelFor(10000, threads, body);
      ADD_FAILURE();
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "two");
    }
    EXPECT_LT(begun, 10000);
  }
}

}  // namespace
}  // namespace sagbench
