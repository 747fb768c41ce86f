#include "bench/suite_rows.h"

#include <algorithm>
#include <map>
#include <utility>

#include "bench/shipped_policy.h"
#include "bench/task_choice.h"
#include "core/error.h"
#include "policies/checkpoint.h"

namespace sagbench {
namespace {

void AddParams(RunIdentity& identity, const std::string& what, const KnobValues& knobs) {
  for (const auto& [name, value] : knobs.all()) identity.params[what + "." + name] = value;
}

bool SameRow(const RunIdentity& a, const RunIdentity& b) {
  return a.task == b.task && a.sampler == b.sampler && a.scheduler == b.scheduler &&
         a.executor == b.executor;
}

bool SameGroup(const RunIdentity& a, const RunIdentity& b) {
  return a.task == b.task && a.executor == b.executor;
}

void RefuseSeedsBeyond(uint64_t last, uint64_t first, int64_t count, const std::string& task) {
  if (first <= last && static_cast<uint64_t>(count) - 1 <= last - first) return;
  throw UsageError("{} episodes from seed {} on: {} takes seeds 0 to {}", count, first, task, last);
}

class RowMaker {
 public:
  explicit RowMaker(const RowSettings& settings) : settings_(settings) {}

  SuiteRows Make(const std::vector<RowSet>& sets) {
    for (const RowSet& set : sets) Add(set);
    if (made_.rows.empty()) {
      throw UsageError("nothing to run: name a task, a sampler and a scheduler");
    }
    std::vector<SuiteRow> mentioned = std::exchange(made_.rows, {});
    while (!mentioned.empty()) MoveGroup(mentioned);
    for (SuiteRow& row : made_.rows) {
      std::string weights;
      row.parts.scheduler_sha256 = &weights;
      row.executor = Executors().Choose(row.data.identity.executor).Make(row.parts);
      row.parts.scheduler_sha256 = nullptr;
      if (!weights.empty()) row.data.identity.params["scheduler.sha256"] = weights;
    }
    return std::move(made_);
  }

 private:
  void Add(const RowSet& set) {
    for (const std::string& task : set.tasks) {
      for (const std::string& executor : set.executors) {
        for (const std::string& sampler : set.samplers) {
          for (const std::string& scheduler : set.schedulers) {
            Add(RowOf(task, executor, sampler, scheduler, set.episodes));
          }
        }
      }
    }
  }

  void Add(SuiteRow row) {
    for (const SuiteRow& other : made_.rows) {
      const RunIdentity& identity = other.data.identity;
      if (!SameRow(identity, row.data.identity)) continue;
      if (other.episodes != row.episodes) {
        throw UsageError("the row {} {} {} is asked for twice, with {} and with {} episodes",
                         identity.task, identity.sampler, identity.scheduler, other.episodes,
                         row.episodes);
      }
      return;
    }
    made_.rows.push_back(std::move(row));
  }

  // Moves the rows of the first row's task and executor over, the baseline before the others.
  void MoveGroup(std::vector<SuiteRow>& from) {
    const RunIdentity first = from.front().data.identity;
    const auto end = std::stable_partition(from.begin(), from.end(), [&](const SuiteRow& row) {
      return SameGroup(row.data.identity, first);
    });
    if (settings_.add_baseline) {
      const auto is_baseline = [](const SuiteRow& row) { return IsBaseline(row.data.identity); };
      const auto baseline = std::find_if(from.begin(), end, is_baseline);
      if (baseline != end) {
        std::rotate(from.begin(), baseline, baseline + 1);
      } else {
        const auto longest = std::max_element(
            from.begin(), end,
            [](const SuiteRow& a, const SuiteRow& b) { return a.episodes < b.episodes; });
        made_.rows.push_back(RowOf(first.task, first.executor, "ddpm", "dense", longest->episodes));
      }
    }
    std::move(from.begin(), end, std::back_inserter(made_.rows));
    from.erase(from.begin(), end);
  }

  const Policy& PolicyFor(const std::string& task) {
    const Policy*& policy = policy_of_task_[task];
    if (policy == nullptr) {
      made_.policies.push_back(std::make_unique<Policy>(LoadPolicyFor(task, settings_.policy)));
      policy = made_.policies.back().get();
    }
    return *policy;
  }

  SuiteRow RowOf(const std::string& task, const std::string& executor, const std::string& sampler,
                 const std::string& scheduler, int64_t episodes) {
    SuiteRow row;
    row.policy = &PolicyFor(Tasks().Choose(task).entry->name);
    row.task = ChooseTaskFor(row.policy->config, task);
    row.episodes = episodes;
    row.parts = {.policy = row.policy,
                 .sampler = Samplers().Choose(sampler),
                 .scheduler = Schedulers().Choose(scheduler),
                 .device = settings_.device};
    RunIdentity& identity = row.data.identity;
    identity.task = row.task.Name();
    identity.sampler = row.parts.sampler.Name();
    identity.scheduler = row.parts.scheduler.Name();
    AddParams(identity, "task", row.task.knobs);
    AddParams(identity, "sampler", row.parts.sampler.knobs);
    AddParams(identity, "scheduler", row.parts.scheduler.knobs);
    identity.params["batch"] = std::to_string(settings_.batch);
    identity.params["threads"] = std::to_string(settings_.threads);
    identity.policy_name = row.policy->name;
    identity.policy_sha256 = row.policy->sha256;
    identity.executor = Executors().Choose(executor).Name();
    identity.device = settings_.device;
    identity.seed = settings_.seed;
    const TaskSpec spec = row.task.Make()->spec();
    RefuseSeedsBeyond(spec.last_seed, settings_.seed, episodes, identity.task);
    identity.control_period = spec.control_period;
    identity.action_steps = row.policy->config.action_steps;
    return row;
  }

  const RowSettings& settings_;
  std::map<std::string, const Policy*> policy_of_task_;
  SuiteRows made_;
};

}  // namespace

SuiteRows MakeRows(const std::vector<RowSet>& sets, const RowSettings& settings) {
  return RowMaker(settings).Make(sets);
}

void CheckBaselines(const std::vector<SuiteRow>& rows) {
  for (const SuiteRow& row : rows) {
    const bool compared = std::any_of(rows.begin(), rows.end(), [&](const SuiteRow& other) {
      return IsBaseline(other.data.identity) &&
             IsComparable(other.data.identity, row.data.identity);
    });
    if (compared) continue;
    throw UsageError(
        "--sequential compares with dense under ddpm, which {} {} lacks: leave out --no-baseline",
        row.data.identity.sampler, row.data.identity.scheduler);
  }
}

bool IsFirstOfPolicy(const std::vector<SuiteRow>& rows, size_t row) {
  const auto first = std::find_if(rows.begin(), rows.end(), [&](const SuiteRow& other) {
    return other.policy == rows[row].policy;
  });
  return first == rows.begin() + static_cast<std::ptrdiff_t>(row);
}

RolloutRequest RolloutOf(const SuiteRow& row, const RowSettings& settings) {
  RolloutRequest rollout;
  rollout.task = row.task;
  rollout.policy = &row.policy->config;
  rollout.run_seed = settings.seed;
  rollout.threads = settings.threads;
  rollout.thinking_ms = row.data.identity.thinking_ms.value_or(0.0);
  return rollout;
}

}  // namespace sagbench
