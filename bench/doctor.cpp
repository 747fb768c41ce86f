#include "bench/doctor.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "bench/machine.h"
#include "bench/shipped_policy.h"
#include "bench/task_choice.h"
#include "core/build_info.h"
#include "core/error.h"
#include "core/files.h"
#include "core/shipped.h"
#include "core/strict_json.h"
#include "policies/aten.h"
#include "policies/checkpoint.h"
#include "schedulers/calibration.h"
#include "tasks/task.h"

namespace sagbench {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kEnoughMemory = 2'000'000;  // kB
constexpr double kBusy = 0.5;                 // load a processor

Check ProgramCheck() {
  const BuildInfo& build = GetBuildInfo();
  Check check{.name = "program"};
  check.value = fmt::format("sagbench {} ({}), {} build, {}", build.version, build.commit,
                            build.build_type, build.compiler);
  const bool sanitized = build.flags.find("-fsanitize") != std::string::npos;
  if (sanitized || (build.build_type != "Release" && build.build_type != "RelWithDebInfo")) {
    check.state = CheckState::kProblem;
    check.advice = "Its times say nothing about speed: measure with 'tools/bootstrap build'.";
  }
  return check;
}

Check LibrariesCheck(const Context& context) {
  Check check{.name = "libraries"};
  for (const auto& [name, version] : context.versions) {
    if (name == "sagbench" || name == "compiler") continue;
    check.value += (check.value.empty() ? "" : ", ") + name + " " + version;
  }
  return check;
}

// The words after `key` in the first line of a file that begins with it.
std::string LineOf(const char* file, const std::string& key) {
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) {
    if (line.rfind(key, 0) == 0) return line.substr(std::min(line.size(), line.find(':') + 1));
  }
  return "";
}

Check CpuCheck(const Context& context) {
  std::istringstream flags(LineOf("/proc/cpuinfo", "flags"));
  std::string sets;
  bool has_avx2 = false;
  for (std::string flag; flags >> flag;) {
    static const std::array<const char*, 7> kShown = {"avx",     "f16c",        "fma",     "avx2",
                                                      "avx512f", "avx512_bf16", "amx_bf16"};
    if (std::find(kShown.begin(), kShown.end(), flag) == kShown.end()) continue;
    sets += " " + flag;
    has_avx2 = has_avx2 || flag == "avx2";
  }
  Check check{.name = "cpu", .value = context.cpu + (sets.empty() ? "" : ":" + sets)};
  if (has_avx2) return check;
  check.state = CheckState::kNote;
  check.advice = "Without AVX2 the executor 'fused' runs its portable kernels, which are slower.";
  return check;
}

Check ThreadsCheck() {
  const unsigned threads = std::max(1U, std::thread::hardware_concurrency());
  double load = 0.0;
  std::ifstream("/proc/loadavg") >> load;
  Check check{.name = "threads", .value = fmt::format("{}, load {:.1f}", threads, load)};
  if (load > kBusy * threads) {
    check.state = CheckState::kNote;
    check.advice =
        "The machine is busy: measure latency when it is not (run --no-latency first, "
        "--resume later).";
  }
  return check;
}

Check MemoryCheck() {
  const auto kilobytes = [](const char* key) {
    return static_cast<int64_t>(std::strtoll(LineOf("/proc/meminfo", key).c_str(), nullptr, 10));
  };
  const int64_t available = kilobytes("MemAvailable");
  Check check{.name = "memory",
              .value = fmt::format("{:.1f} GB, {:.1f} GB available",
                                   static_cast<double>(kilobytes("MemTotal")) * 1e-6,
                                   static_cast<double>(available) * 1e-6)};
  if (available >= kEnoughMemory) return check;
  check.state = CheckState::kProblem;
  check.advice = "Less than 2 GB are free: close other programs, or run with a smaller --batch.";
  return check;
}

Check GpuCheck() {
  if (at::hasCUDA()) return {.name = "gpu", .value = "CUDA is there"};
  if (!fs::exists("/dev/nvidia0")) return {.name = "gpu", .value = "none"};
  return {.name = "gpu",
          .state = CheckState::kProblem,
          .value = "an NVIDIA device that this build does not see",
          .advice =
              "Fetch the CUDA libraries with 'tools/bootstrap deps --cuda' and build the "
              "preset 'cuda'."};
}

// Made and reset once: models and meshes are there.
Check TaskCheck(const std::string& name) {
  Check check{.name = "task " + name};
  try {
    const std::unique_ptr<Task> task = Tasks().Choose(name).Make();
    task->Reset(0);
    check.value = fmt::format("{} observed numbers, {} actions", task->spec().observation_size,
                              task->spec().action_size);
  } catch (const Error& error) {
    check.state = CheckState::kMissing;
    check.value = "cannot be made";
    check.advice = error.what();
  }
  return check;
}

Check PolicyCheck(const std::string& task, std::vector<std::string>* digests) {
  Check check{.name = "policy " + task};
  const fs::path below = fs::path("policies") / "weights" / task / "policy.json";
  if (FindShipped(below).empty()) {
    check.state = CheckState::kNote;
    check.value = "none";
    check.advice = fmt::format(
        "No policy comes with it: train one with 'sagbench train policy', or name yours with "
        "--policy; looked under {} (set SAGBENCH_HOME for another place).",
        ShippedHome().string());
    return check;
  }
  try {
    const Policy policy = LoadPolicy(ShippedPolicy(task));
    ChooseTaskFor(policy.config, task);
    digests->push_back(policy.sha256);
    check.value = fmt::format("sha256 {}, {}", policy.sha256, ShippedPolicy(task).string());
  } catch (const Error& error) {
    check.state = CheckState::kMissing;
    check.value = "cannot be read";
    check.advice = std::string(error.what()) + "; get the files of this commit again.";
  }
  return check;
}

Check TrainedCheck(const fs::path& path, const std::string& task,
                   const std::vector<std::string>& digests) {
  Check check{.name = fmt::format("weights {}/{}", task, path.filename().string())};
  const std::string mismatch = MismatchOf(path.string(), digests);
  check.value = mismatch.empty() ? "for the shipped policy" : mismatch;
  if (mismatch.empty() || IsNamedAfterItsPolicy(path)) return check;
  check.state = CheckState::kProblem;
  check.advice =
      "Make it again with 'sagbench train sag' or 'sagbench calibrate' for the policy "
      "that is there, or name the policy that it is for with --policy.";
  return check;
}

void AddTrained(const std::string& task, const std::vector<std::string>& digests,
                std::vector<Check>* checks) {
  const fs::path folder = FindShipped(fs::path("schedulers") / "weights" / task);
  if (folder.empty()) return;
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) checks->push_back(TrainedCheck(file, task, digests));
}

}  // namespace

const char* CheckStateName(CheckState state) {
  switch (state) {
    case CheckState::kOk:
      return "ok";
    case CheckState::kNote:
      return "note";
    case CheckState::kProblem:
      return "problem";
    case CheckState::kMissing:
      return "missing";
  }
  return "?";
}

std::string MismatchOf(const std::string& path, const std::vector<std::string>& policies) {
  try {
    const nlohmann::json json = ParseStrictJson(ReadFile(path), "'" + path + "'");
    const auto found = json.find("policy_sha256");
    if (found == json.end() || !found->is_string()) return "names no policy";
    const auto digest = found->get<std::string>();
    if (policies.empty()) return "there is no policy for it";
    if (std::find(policies.begin(), policies.end(), digest) == policies.end()) {
      return "is for another policy (sha256 " + digest.substr(0, 16) + "...)";
    }
    const fs::path tensors = fs::path(path).replace_extension(".safetensors");
    const bool is_pruner = json.value("method", "") == "sag";
    return is_pruner && !fs::exists(tensors) ? "lacks " + tensors.filename().string() : "";
  } catch (const std::exception& error) {  // also of a value of another type
    return error.what();
  }
}

std::vector<Check> Diagnose() {
  const Context context = DescribeMachine("cpu", 1, "");
  std::vector<Check> checks = {ProgramCheck(), LibrariesCheck(context), CpuCheck(context),
                               ThreadsCheck(), MemoryCheck(),           GpuCheck()};
  for (const auto& entry : Tasks().entries()) checks.push_back(TaskCheck(entry.name));
  for (const auto& entry : Tasks().entries()) {
    std::vector<std::string> digests;
    checks.push_back(PolicyCheck(entry.name, &digests));
    AddTrained(entry.name, digests, &checks);
  }
  return checks;
}

}  // namespace sagbench
