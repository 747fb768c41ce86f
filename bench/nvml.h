#pragma once

#include <optional>
#include <string>

namespace sagbench {

// A GPU as NVIDIA's management library sees it now.
struct GpuState {
  std::string name, driver;  // "NVIDIA H100 80GB HBM3", "550.54.15"
  std::string clocks;        // "SM 1980 MHz, memory 2619 MHz"
  std::string throttle;      // reasons, or "none"
};

// Of the first GPU. Absent where the library, a GPU or a function is missing: nothing depends on
// it. The library is loaded for the call alone.
std::optional<GpuState> ReadGpuState(const char* library = "libnvidia-ml.so.1");

}  // namespace sagbench
