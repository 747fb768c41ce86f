#include "bench/nvml.h"

#include <array>
#include <charconv>
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
constexpr unsigned long long kNoLimits = 0x1 | 0x2;  // idle; clocks that the user set
constexpr std::array<std::pair<unsigned long long, const char*>, 7> kReasons = {
    {{0x4, "power cap"},
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
  reasons &= ~kNoLimits;
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

bool FindDevice(const Nvml& nvml, const std::string& visible, Device* device) {
  const std::string first = visible.substr(0, visible.find(','));
  unsigned index = 0;
  const auto [end, failed] = std::from_chars(first.data(), first.data() + first.size(), index);
  const bool is_index = failed == std::errc() && end == first.data() + first.size();
  if (first.empty() || is_index) return nvml.Call("nvmlDeviceGetHandleByIndex_v2", index, device);
  return nvml.Call("nvmlDeviceGetHandleByUUID", first.c_str(), device);
}

}  // namespace

std::optional<GpuState> ReadGpuState(const std::string& visible, const char* library) {
  const Nvml nvml(library);
  Device device = nullptr;
  if (!nvml.ready() || !FindDevice(nvml, visible, &device)) return std::nullopt;
  GpuState state;
  std::array<char, 96> text{};
  constexpr unsigned kLength = text.size();
  if (nvml.Call("nvmlDeviceGetName", device, text.data(), kLength)) state.name = text.data();
  if (nvml.Call("nvmlSystemGetDriverVersion", text.data(), kLength)) state.driver = text.data();
  unsigned sm = 0, memory = 0;
  if (nvml.Call("nvmlDeviceGetClockInfo", device, kSmClock, &sm) &&
      nvml.Call("nvmlDeviceGetClockInfo", device, kMemoryClock, &memory)) {
    state.clocks = fmt::format("SM {} MHz, memory {} MHz", sm, memory);
  }
  unsigned long long reasons = 0;
  if (nvml.Call("nvmlDeviceGetCurrentClocksThrottleReasons", device, &reasons)) {
    state.throttle = ThrottleText(reasons);
  }
  return state;
}

}  // namespace sagbench
