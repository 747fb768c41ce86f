#include "schedulers/phase_clock.h"

#include <chrono>

#include "schedulers/cuda_device.h"

namespace sagbench {
namespace {

class HostClock : public PhaseClock {
 public:
  void Start() override { last_ = std::chrono::steady_clock::now(); }
  void Lap(double& milliseconds) override {
    const auto now = std::chrono::steady_clock::now();
    milliseconds += std::chrono::duration<double, std::milli>(now - last_).count();
    last_ = now;
  }
  void Finish() override {}

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

}  // namespace

std::unique_ptr<PhaseClock> MakePhaseClock(const std::string& device) {
  if (device == "cuda") return MakeCudaClock();
  return std::make_unique<HostClock>();
}

}  // namespace sagbench
