#pragma once

#include <optional>
#include <string>

#include "results/report.h"

namespace sagbench {

// "cpu" or "cuda" for auto, cpu or cuda. Throws Error (environment) if cuda is asked for and
// absent.
std::string ChooseDevice(const std::string& device);

// Sets LibTorch's threads (0: all cores) and returns their number.
int SetThreads(int threads);

// Of the GPU after it has worked; absent on the CPU and where nothing tells them.
std::optional<GpuClocks> ClocksOf(const std::string& device);

// Build, machine and libraries as they are now.
Context DescribeMachine(const std::string& device, int threads, const std::string& command_line);

}  // namespace sagbench
