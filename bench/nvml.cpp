#include "bench/nvml.h"

#include <array>
#include <memory>
#include <utility>

#include <dlfcn.h>
#include <fmt/core.h>

namespace sagbench {
namespace {

// Numbers and names of nvml.h (NVIDIA Management Library, API reference).
using Device = void*;
constexpr int kSuccess = 0;
constexpr int kSmClock = 1, kMemoryClock = 2;
constexpr unsigned long long kIdle = 0x1;  // not a limit
constexpr std::array<std::pair<unsigned long long, const char*>, 8> kReasons = {
    {{0x2, "application clocks"},
     {0x4, "power cap"},
     {0x8, "hardware slowdown"},
     {0x10, "sync boost"},
     {0x20, "software thermal slowdown"},
     {0x40, "hardware thermal slowdown"},
     {0x80, "power brake"},
     {0x100, "display clocks"}}};

std::string ThrottleText(unsigned long long reasons) {
  std::string text;
  for (const auto& [bit, name] : kReasons) {
    if ((reasons & bit) != 0) text += (text.empty() ? "" : ", ") + std::string(name);
    reasons &= ~bit;
  }
  reasons &= ~kIdle;
  if (reasons != 0) text += fmt::format("{}{:#x}", text.empty() ? "" : ", ", reasons);
  return text.empty() ? "none" : text;
}

// The library, opened and initialised, until the end of its life.
class Nvml {
 public:
  explicit Nvml(const char* name) : library_(dlopen(name, RTLD_LAZY | RTLD_LOCAL), dlclose) {
    ready_ = library_ != nullptr && Call("nvmlInit_v2");
  }
  ~Nvml() {
    if (ready_) Call("nvmlShutdown");
  }
  Nvml(const Nvml&) = delete;
  Nvml& operator=(const Nvml&) = delete;

  bool ready() const { return ready_; }

  // True if there is such a function and it succeeds.
  template <class... Arguments>
  bool Call(const char* name, Arguments... arguments) const {
    using Function = int (*)(Arguments...);
    const auto function = reinterpret_cast<Function>(dlsym(library_.get(), name));
    return function != nullptr && function(arguments...) == kSuccess;
  }

 private:
  std::unique_ptr<void, int (*)(void*)> library_;
  bool ready_ = false;
};

}  // namespace

std::optional<GpuState> ReadGpuState(const char* library) {
  const Nvml nvml(library);
  Device device = nullptr;
  if (!nvml.ready() || !nvml.Call("nvmlDeviceGetHandleByIndex_v2", 0U, &device)) {
    return std::nullopt;
  }
  std::array<char, 96> name{}, driver{};
  unsigned sm = 0, memory = 0;
  unsigned long long reasons = 0;
  const bool all =
      nvml.Call("nvmlDeviceGetName", device, name.data(), static_cast<unsigned>(name.size())) &&
      nvml.Call("nvmlSystemGetDriverVersion", driver.data(),
                static_cast<unsigned>(driver.size())) &&
      nvml.Call("nvmlDeviceGetClockInfo", device, kSmClock, &sm) &&
      nvml.Call("nvmlDeviceGetClockInfo", device, kMemoryClock, &memory) &&
      nvml.Call("nvmlDeviceGetCurrentClocksThrottleReasons", device, &reasons);
  if (!all) return std::nullopt;
  return GpuState{.name = name.data(),
                  .driver = driver.data(),
                  .clocks = fmt::format("SM {} MHz, memory {} MHz", sm, memory),
                  .throttle = ThrottleText(reasons)};
}

}  // namespace sagbench
