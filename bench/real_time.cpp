#include "bench/real_time.h"

#include <algorithm>
#include <cmath>

#include "bench/latency.h"
#include "bench/rollout.h"
#include "bench/suite_folder.h"
#include "results/run_folder.h"
#include "results/statistics.h"

namespace sagbench {
namespace {

constexpr LatencySettings kQuick{.samples = 15, .warmup = 3, .block_size = 5};
constexpr int kEpisodes = 8;

// What the policy sees first in a few episodes.
std::vector<at::Tensor> FirstObservations(const SuiteRequest& request, const SuiteRow& row) {
  RolloutRequest rollout = RolloutOf(row, request.settings);
  rollout.max_replans = 1;
  rollout.record_chunks = kEpisodes;
  rollout.record_every = 1;
  std::vector<uint64_t> seeds;
  for (uint64_t i = 0; i < kEpisodes; ++i) seeds.push_back(request.settings.seed + i);
  return RunGroup(rollout, *row.executor, seeds).observations;
}

double RoundedToTenths(double ms) {
  return std::max(0.1, std::round(10.0 * ms) / 10.0);
}

void MeasureRowsOf(const Policy& policy, const SuiteRequest& request, std::vector<SuiteRow>* rows) {
  std::vector<SuiteRow*> members;
  std::vector<Executor*> executors;
  for (SuiteRow& row : *rows) {
    if (row.policy != &policy) continue;
    members.push_back(&row);
    executors.push_back(row.executor.get());
  }
  const std::vector<LatencySamples> samples = MeasureLatency(
      executors, FirstObservations(request, *members.front()), policy.config, kQuick, {});
  for (size_t i = 0; i < members.size(); ++i) {
    members[i]->data.identity.thinking_ms = RoundedToTenths(Median(samples[i].ms));
  }
}

// True if the folder has a real-time run with as many rows; whether it is this run is checked
// later. Throws Error (usage) where nothing may be added to it.
bool TakeFromFolder(const SuiteRequest& request, std::vector<SuiteRow>* rows) {
  if (request.folder.empty() || !IsRunFolder(request.folder)) return false;
  if (!request.resume) RefuseOldRun(request.folder);
  const Manifest there = ReadRunFolder(request.folder).manifest;
  if (there.rows.size() != rows->size()) return false;
  for (size_t i = 0; i < rows->size(); ++i) {
    if (!there.rows[i].identity.thinking_ms) return false;
    (*rows)[i].data.identity.thinking_ms = there.rows[i].identity.thinking_ms;
  }
  return true;
}

}  // namespace

SuiteRows MakeSuiteRows(const SuiteRequest& request) {
  SuiteRows made = MakeRows(request.rows, request.settings);
  if (request.thinking == Thinking::kStated) {
    for (SuiteRow& row : made.rows) row.data.identity.thinking_ms = request.thinking_ms;
  } else if (request.thinking == Thinking::kMeasured && !TakeFromFolder(request, &made.rows)) {
    for (const auto& policy : made.policies) MeasureRowsOf(*policy, request, &made.rows);
  }
  return made;
}

}  // namespace sagbench
