#include "core/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace sagbench {
namespace {

// The indices still to do, shared by the threads, and the first exception.
class Work {
 public:
  Work(size_t count, const std::function<void(size_t)>& body) : count_(count), body_(body) {}

  void Run() {
    for (size_t i = next_++; i < count_; i = next_++) {
      try {
        body_(i);
      } catch (...) {
        Stop(std::current_exception());
      }
    }
  }

  void Rethrow() const {
    if (first_) std::rethrow_exception(first_);
  }

 private:
  void Stop(std::exception_ptr exception) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!first_) first_ = std::move(exception);
    next_ = count_;
  }

  const size_t count_;
  const std::function<void(size_t)>& body_;
  std::atomic<size_t> next_{0};
  std::mutex mutex_;
  std::exception_ptr first_;
};

}  // namespace

void ParallelFor(size_t count, int threads, const std::function<void(size_t)>& body) {
  Work work(count, body);
  {
    std::vector<std::jthread> helpers;
    const size_t wanted = std::min(count, static_cast<size_t>(std::max(threads, 1)));
    for (size_t i = 1; i < wanted; ++i) helpers.emplace_back([&work] { work.Run(); });
    work.Run();
  }
  work.Rethrow();
}

}  // namespace sagbench
