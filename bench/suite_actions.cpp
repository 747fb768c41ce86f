#include "bench/suite_actions.h"

#include <memory>

#include "bench/action_error.h"
#include "bench/plan_map.h"
#include "bench/rollout.h"
#include "bench/spread.h"
#include "policies/flops.h"
#include "results/folder_report.h"

namespace sagbench {
namespace {

constexpr int kShownReplans = 12;

}  // namespace

void ActionMeasures::CompareWithDense(size_t index, SuiteRow* row,
                                      const std::vector<at::Tensor>& observations) {
  if (!ComparesActions(row->data.identity)) return;
  if (row->data.action_error && row->data.plan_map) return;
  const auto act = [&](Executor& executor) {
    return ActOnRecorded(executor, observations, row->policy->config, settings_.seed);
  };
  const Chunk chunk = act(*row->executor);
  if (!row->data.action_error) {
    ExecutorParts dense = row->parts;
    dense.scheduler = Schedulers().Choose("dense");
    const std::unique_ptr<Executor> reference =
        Executors().Choose(row->data.identity.executor).Make(dense);
    row->data.action_error = CompareActions(act(*reference), chunk);
    if (writer_ != nullptr) writer_->Append(index, *row->data.action_error);
  }
  if (!row->data.plan_map) MapPlansOf(index, row, chunk);
}

// Over the chunk's observations, and over the first replans of the first episode.
void ActionMeasures::MapPlansOf(size_t index, SuiteRow* row, const Chunk& chunk) {
  RolloutRequest rollout = RolloutOf(*row, settings_);
  rollout.record_plans = true;
  rollout.max_replans = kShownReplans;
  const GroupResult group = RunGroup(rollout, *row->executor, {settings_.seed});
  row->data.plan_map = MapPlans(chunk.plans, chunk.actions.size(0), group.episodes.front().plans,
                                ListBlocks(row->policy->config, /*memory_in_block=*/false));
  if (writer_ != nullptr) writer_->Append(index, *row->data.plan_map);
}

void ActionMeasures::Spread(size_t index, SuiteRow* row,
                            const std::vector<at::Tensor>& observations) {
  if (row->data.spread) return;
  row->data.spread = sagbench::Spread{
      std::nullopt,
      MeasureSpread(*row->executor, observations, row->policy->config, settings_.seed)};
  if (writer_ != nullptr) writer_->Append(index, *row->data.spread);
}

}  // namespace sagbench
