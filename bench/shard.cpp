#include "bench/shard.h"

#include <array>
#include <charconv>
#include <string_view>

#include "core/error.h"

namespace sagbench {
namespace {

// Variables that a launcher sets for each of its processes.
struct Launcher {
  const char* name;
  const char* index;
  const char* count;
  const char* first = nullptr;  // variable with the index of the first process; none: it is 0
  const char* step = nullptr;   // variable with the distance of indices; none: it is 1
};

constexpr std::array<Launcher, 5> kLaunchers = {{
    {"Slurm array task", "SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT", "SLURM_ARRAY_TASK_MIN",
     "SLURM_ARRAY_TASK_STEP"},
    {"Kubernetes job", "JOB_COMPLETION_INDEX", "JOB_COMPLETIONS"},
    {"Open MPI rank", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"},
    {"PMI rank", "PMI_RANK", "PMI_SIZE"},
    {"Slurm process", "SLURM_PROCID", "SLURM_NTASKS"},
}};

int64_t Number(std::string_view text, const std::string& what) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw UsageError("{} is '{}', not a whole number", what, text);
  }
  return value;
}

int64_t Variable(const Environment& environment, const char* name, int64_t otherwise) {
  const char* value = name == nullptr ? nullptr : environment(name);
  return value == nullptr ? otherwise : Number(value, name);
}

ShardChoice FromLauncher(const Launcher& launcher, const Environment& environment) {
  if (environment(launcher.count) == nullptr) {
    throw UsageError("--shard auto: {} is set, but not {}, which says how many there are",
                     launcher.index, launcher.count);
  }
  const int64_t count = Number(environment(launcher.count), launcher.count);
  const int64_t first = Variable(environment, launcher.first, 0);
  const int64_t step = Variable(environment, launcher.step, 1);
  const int64_t index = (Number(environment(launcher.index), launcher.index) - first) / step;
  if (count < 1 || index < 0 || index >= count) {
    throw UsageError("--shard auto: {} {} does not lie within {} {}", launcher.index,
                     environment(launcher.index), launcher.count, count);
  }
  return {{index, count}, fmt::format("{} {} of {}", launcher.name, index + 1, count)};
}

}  // namespace

// Every shard gets groups of every row, whose costs differ.
bool Contains(const Shard& shard, const WorkItem& item, int64_t batch) {
  return (static_cast<int64_t>(item.row) + item.first / batch) % shard.count == shard.index;
}

ShardChoice ChooseShard(const std::string& text, const Environment& environment) {
  if (text == "auto") {
    for (const Launcher& launcher : kLaunchers) {
      if (environment(launcher.index) != nullptr) return FromLauncher(launcher, environment);
    }
    throw UsageError(
        "--shard auto finds no Slurm array, Kubernetes indexed job, Open MPI or PMI here: valid is "
        "i/n, e.g. 1/4");
  }
  const size_t slash = text.find('/');
  if (slash == std::string::npos) {
    throw UsageError("--shard is '{}': valid are auto and i/n with i from 1 to n, e.g. 1/4", text);
  }
  const int64_t index = Number(text.substr(0, slash), "--shard's part before the slash");
  const int64_t count = Number(text.substr(slash + 1), "--shard's part after the slash");
  if (count < 1 || index < 1 || index > count) {
    throw UsageError("--shard is '{}': valid are auto and i/n with i from 1 to n, e.g. 1/4", text);
  }
  return {{index - 1, count}, "--shard"};
}

}  // namespace sagbench
