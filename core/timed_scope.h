#pragma once

#include <chrono>

namespace sagbench {

// Adds the seconds of its life to a sum.
class TimedScope {
 public:
  explicit TimedScope(double* seconds) : seconds_(seconds) {}
  ~TimedScope() {
    *seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }
  TimedScope(const TimedScope&) = delete;
  TimedScope& operator=(const TimedScope&) = delete;

 private:
  double* seconds_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace sagbench
