#pragma once

#include <chrono>

namespace sagbench {

// Adds the time since the last lap to one phase after the other.
class Stopwatch {
 public:
  void Lap(double& milliseconds) {
    const auto now = std::chrono::steady_clock::now();
    milliseconds += std::chrono::duration<double, std::milli>(now - last_).count();
    last_ = now;
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

}  // namespace sagbench
