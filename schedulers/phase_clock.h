#pragma once

#include <memory>
#include <string>

namespace sagbench {

// Splits a chunk's time into phases, one after the other, in milliseconds.
class PhaseClock {
 public:
  virtual ~PhaseClock() = default;
  // Begins a chunk: the first lap counts from here.
  virtual void Start() = 0;
  // The time since the last lap belongs to this phase, which must live until Finish.
  virtual void Lap(double& milliseconds) = 0;
  // Adds all laps to their phases, as far as Lap has not done so.
  virtual void Finish() = 0;
};

// Host clock for "cpu", the device's own for "cuda", where the host runs ahead.
std::unique_ptr<PhaseClock> MakePhaseClock(const std::string& device);

}  // namespace sagbench
