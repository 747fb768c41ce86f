#pragma once

#include <optional>
#include <string>

namespace sagbench {

// A GPU as NVIDIA's management library sees it now; what it does not tell is absent.
struct GpuState {
  std::optional<std::string> name, driver;  // "NVIDIA H100 80GB HBM3", "550.54.15"
  std::optional<std::string> clocks;        // "SM 1980 MHz, memory 2619 MHz"
  std::optional<std::string> throttle;      // why clocks are lower than they could be, or "none"
};

// Of the GPU that CUDA's device 0 is: the first of `visible` (CUDA_VISIBLE_DEVICES: indices or
// UUIDs), or of all if that is empty. Absent where the library or the GPU is missing: nothing
// depends on it. The library is loaded for the call alone.
std::optional<GpuState> ReadGpuState(const std::string& visible,
                                     const char* library = "libnvidia-ml.so.1");

}  // namespace sagbench
