#include "bench/machine.h"

#include <array>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <thread>

#include <fmt/chrono.h>
#include <fmt/core.h>
#include <torch/version.h>
#include <unistd.h>

#include "bench/nvml.h"
#include "core/build_info.h"
#include "core/error.h"
#include "policies/aten.h"
#include "tasks/task.h"

namespace sagbench {
namespace {

std::string CpuModel() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("model name", 0) != 0) continue;
    const size_t colon = line.find(": ");
    if (colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown";
}

std::string HostName() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown";
}

std::optional<GpuState> ReadGpu() {
  const char* visible = std::getenv("CUDA_VISIBLE_DEVICES");
  return ReadGpuState(visible == nullptr ? "" : visible);
}

}  // namespace

std::optional<GpuClocks> ClocksOf(const std::string& device) {
  if (device != "cuda") return std::nullopt;
  const std::optional<GpuState> gpu = ReadGpu();
  if (!gpu) return std::nullopt;
  return GpuClocks{gpu->clocks.value_or(""), gpu->throttle.value_or("")};
}

std::string ChooseDevice(const std::string& device) {
  const bool available = at::hasCUDA();
  if (device == "auto") return available ? "cuda" : "cpu";
  if (device == "cuda" && !available) {
    throw EnvironmentError("device cuda is not available here: valid are cpu and auto");
  }
  return device;
}

int SetThreads(int threads) {
  const int count = threads > 0 ? threads : static_cast<int>(std::thread::hardware_concurrency());
  at::set_num_threads(count);
  return count;
}

Context DescribeMachine(const std::string& device, int threads, const std::string& command_line) {
  const BuildInfo& build = GetBuildInfo();
  Context context;
  context.commit = build.commit;
  context.build_type = build.build_type;
  context.flags = build.flags;
  context.versions = {{"sagbench", build.version},
                      {"compiler", build.compiler},
                      {"torch", TORCH_VERSION},
                      {"mujoco", PhysicsVersion()}};
  context.host = HostName();
  context.cpu = CpuModel();
  context.threads = threads;
  context.precision = "float32";
  if (device == "cuda") {
    context.tf32 = at::globalContext().allowTF32CuBLAS();
    if (const std::optional<GpuState> gpu = ReadGpu()) {
      context.gpu = gpu->name;
      context.driver = gpu->driver;
    }
  }
  context.command_line = command_line;
  context.date = fmt::format(
      "{:%Y-%m-%dT%H:%M:%SZ}",
      fmt::gmtime(std::chrono::system_clock::to_time_t(std::chrono::system_clock::now())));
  return context;
}

}  // namespace sagbench
