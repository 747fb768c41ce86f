#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "bench/rollout.h"
#include "results/summary.h"
#include "schedulers/executor.h"
#include "tasks/task.h"

namespace sagbench {

// Rows of a report as a product of lists, as typed, with knobs.
struct RowSet {
  std::vector<std::string> tasks, samplers, schedulers;
  std::vector<std::string> executors = {"eager"};
  int64_t episodes = 50;  // of each row
};

// What all rows of a suite share.
struct RowSettings {
  std::string policy;  // folder; empty: the task's shipped one
  std::string device = "cpu";
  uint64_t seed = 100000;  // of the first episode; also keys the noise
  int64_t batch = 25;      // episodes computed together
  int threads = 1;
  // Groups in flight: while the network computes one's actions, the environments of the others
  // step. Changes no result.
  int groups_at_once = 1;
  bool add_baseline = true;
};

// A row with all that runs it.
struct SuiteRow {
  TaskRegistry::Choice task;
  const Policy* policy = nullptr;
  ExecutorParts parts;
  std::unique_ptr<Executor> executor;
  int64_t episodes = 0;
  RunData data;
};

struct SuiteRows {
  std::vector<std::unique_ptr<Policy>> policies;  // one a task
  std::vector<SuiteRow> rows;
};

// Checks and loads what the sets ask for. A row that is there twice is made once; where asked for,
// each task and executor begins with the baseline (dense under ddpm), with as many episodes as its
// longest row if no set names it. Throws Error (usage) on names and knobs, on a row asked for with
// two numbers of episodes, and if there is nothing to run; else as LoadPolicy.
SuiteRows MakeRows(const std::vector<RowSet>& sets, const RowSettings& settings);

// Throws Error (usage) for a row that has no baseline to be compared with.
void CheckBaselines(const std::vector<SuiteRow>& rows);

// True for the first of the rows that share a policy with it.
bool IsFirstOfPolicy(const std::vector<SuiteRow>& rows, size_t row);

// How the row's episodes are run; nothing of them is recorded.
RolloutRequest RolloutOf(const SuiteRow& row, const RowSettings& settings);

}  // namespace sagbench
