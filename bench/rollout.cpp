#include "bench/rollout.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <memory>
#include <span>

#include "core/error.h"
#include "core/files.h"
#include "core/interrupt.h"
#include "core/parallel.h"
#include "core/timed_scope.h"
#include "policies/aten.h"
#include "tasks/policy_action.h"

namespace sagbench {
namespace {

// One environment of the group with its history.
struct Slot {
  std::unique_ptr<Task> task;
  Episode episode;
  std::deque<std::vector<double>> history;  // the last To observations
  std::string action_bytes, plan_bytes;     // for the digests
  std::vector<double> last_action;          // as the task took it
  double owed_s = 0.0;                      // thinking that no control step has passed for yet
  bool done = false;
};

void Push(Slot& slot, std::vector<double> observation, size_t keep) {
  slot.history.push_back(std::move(observation));
  while (slot.history.size() < keep) slot.history.push_front(slot.history.front());
  while (slot.history.size() > keep) slot.history.pop_front();
}

// [rows, To, obs] float32 of the environments named.
at::Tensor Observations(const std::vector<Slot>& slots, const std::vector<size_t>& active,
                        const PolicyConfig& config) {
  at::Tensor batch = at::empty(
      {static_cast<int64_t>(active.size()), config.observation_steps, config.observation_size},
      at::kFloat);
  auto* out = batch.data_ptr<float>();
  for (const size_t index : active) {
    for (const std::vector<double>& observation : slots[index].history) {
      out = std::transform(observation.begin(), observation.end(), out,
                           [](double value) { return static_cast<float>(value); });
    }
  }
  return batch;
}

void Finish(Slot& slot, const std::string& failure) {
  slot.done = true;
  if (!slot.episode.record.success) slot.episode.record.failure = failure;
}

void Append(Rows& rows, size_t width, std::span<const double> values) {
  rows.width = width;
  rows.values.insert(rows.values.end(), values.begin(), values.end());
}

// Keeps what the actor sees before this action.
void RecordBefore(Slot& slot, const std::vector<double>& action) {
  slot.episode.replans.push_back(static_cast<size_t>(slot.episode.record.replans) - 1);
  Demonstration& demonstration = slot.episode.demonstration;
  const std::span<const double> observation(slot.history.back());
  size_t from = 0;
  for (const ObservationKey& key : slot.task->spec().observation_keys) {
    const auto width = static_cast<size_t>(key.size);
    Append(demonstration.observations[key.name], width, observation.subspan(from, width));
    from += width;
  }
  Append(demonstration.actions, action.size(), action);
  const std::vector<double> state = slot.task->State();
  Append(demonstration.states, state.size(), state);
}

void RecordAfter(Slot& slot, const StepResult& result) {
  slot.episode.demonstration.rewards.push_back(result.reward);
  slot.episode.demonstration.dones.push_back(result.done ? 1 : 0);
}

// Executes one action of the task.
void StepAction(Slot& slot, std::vector<double> action, const PolicyConfig& config, bool keep) {
  EpisodeRecord& record = slot.episode.record;
  if (keep) RecordBefore(slot, action);
  StepResult result = slot.task->Step(action);
  if (keep) RecordAfter(slot, result);
  slot.last_action = std::move(action);
  ++record.steps;
  record.success = record.success || result.success;
  if (record.score) record.score = std::max(*record.score, result.reward);
  if (result.done) {
    Finish(slot, result.failure.empty() ? "timeout" : result.failure);
  } else {
    Push(slot, std::move(result.observation), static_cast<size_t>(config.observation_steps));
  }
}

// What the environment does while a chunk is computed, in whole control steps; what is left of the
// time adds to the next chunk's.
void StepThinking(Slot& slot, double seconds, const PolicyConfig& config, bool keep) {
  const double period = slot.task->spec().control_period;
  slot.owed_s += seconds;
  for (; slot.owed_s > period * (1.0 - 1e-9) && !slot.done; slot.owed_s -= period) {
    StepAction(slot, slot.task->Hold(slot.last_action), config, keep);
  }
}

// Executes a chunk [Ta, act] in one environment, stopping when the episode ends.
void StepChunk(Slot& slot, const at::Tensor& actions, const PolicyConfig& config, bool keep) {
  const auto* value = actions.data_ptr<float>();
  for (int i = 0; i < config.action_steps && !slot.done; ++i, value += config.action_size) {
    std::vector<double> action(value, value + config.action_size);
    if (!std::all_of(action.begin(), action.end(), [](double x) { return std::isfinite(x); })) {
      Finish(slot, "non_finite_action");
      return;
    }
    slot.action_bytes.append(reinterpret_cast<const char*>(value),
                             sizeof(float) * static_cast<size_t>(config.action_size));
    StepAction(slot, ToTaskAction(slot.task->spec(), action), config, keep);
  }
}

void Account(Slot& slot, const RowTrace& trace) {
  EpisodeRecord& record = slot.episode.record;
  ++record.replans;
  record.computed_cells += trace.computed_cells;
  record.total_cells += trace.total_cells;
  record.flops += trace.flops;
  record.pruner_flops += trace.pruner_flops;
  record.skipped_flops += trace.skipped_flops;
  slot.plan_bytes += trace.plan_digest;
}

std::vector<Slot> StartGroup(const RolloutRequest& request, const std::vector<uint64_t>& seeds) {
  std::vector<Slot> slots(seeds.size());
  ParallelFor(seeds.size(), request.threads, [&](size_t i) {
    Slot& slot = slots[i];
    slot.task = request.task.Make();
    slot.episode.record.seed = seeds[i];
    if (slot.task->spec().has_score) slot.episode.record.score = 0.0;
    Push(slot, slot.task->Reset(seeds[i]), static_cast<size_t>(request.policy->observation_steps));
  });
  return slots;
}

std::vector<size_t> Active(const std::vector<Slot>& slots) {
  std::vector<size_t> active;
  for (size_t i = 0; i < slots.size(); ++i) {
    if (!slots[i].done) active.push_back(i);
  }
  return active;
}

}  // namespace

GroupResult RunGroup(const RolloutRequest& request, Executor& executor,
                     const std::vector<uint64_t>& seeds) {
  const PolicyConfig& config = *request.policy;
  GroupResult result;
  std::vector<Slot> slots;
  {
    const TimedScope time(&result.simulation_s);
    slots = StartGroup(request, seeds);
  }
  uint32_t replan = 0;
  for (std::vector<size_t> active = Active(slots); !active.empty(); active = Active(slots)) {
    ThrowIfInterrupted();
    const at::Tensor observations = Observations(slots, active, config);
    std::vector<uint64_t> episodes;
    for (const size_t index : active) episodes.push_back(seeds[index]);
    const NoiseSource noise = EpisodeNoise(config, request.run_seed, episodes,
                                           std::vector<uint32_t>(active.size(), replan));
    const Chunk chunk = [&] {
      std::unique_lock<std::mutex> turn;
      if (request.network_turn != nullptr) turn = std::unique_lock(*request.network_turn);
      const TimedScope time(&result.network_s);
      return executor.Act(observations, noise);
    }();
    const at::Tensor actions = chunk.actions.contiguous();
    const auto step = [&](size_t row) {
      Account(slots[active[row]], chunk.rows[row]);
      if (request.record_plans) {
        const Plan& plan = chunk.plans[chunk.plans.size() == 1 ? 0 : row];
        slots[active[row]].episode.plans.push_back(plan);
      }
      StepThinking(slots[active[row]], 1e-3 * request.thinking_ms, config, request.record);
      StepChunk(slots[active[row]], actions[static_cast<int64_t>(row)], config, request.record);
    };
    {
      const TimedScope time(&result.simulation_s);
      ParallelFor(active.size(), request.threads, step);
    }
    const auto wanted = static_cast<size_t>(request.record_chunks);
    for (size_t row = 0; row < active.size() && result.observations.size() < wanted; ++row) {
      if ((row + replan) % static_cast<size_t>(request.record_every) == 0) {
        result.observations.push_back(observations[static_cast<int64_t>(row)].clone());
      }
    }
    ++replan;
    if (static_cast<int>(replan) == request.max_replans) break;
  }
  for (Slot& slot : slots) {
    slot.episode.record.action_digest = Sha256Hex(slot.action_bytes);
    slot.episode.record.plan_digest = Sha256Hex(slot.plan_bytes);
    result.episodes.push_back(std::move(slot.episode));
  }
  return result;
}

}  // namespace sagbench
