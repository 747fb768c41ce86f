#include "bench/suite.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <utility>

#include <ATen/ATen.h>
#include <fmt/core.h>

#include "bench/action_error.h"
#include "bench/rollout.h"
#include "bench/spread.h"
#include "bench/task_choice.h"
#include "core/error.h"
#include "core/shipped.h"
#include "policies/checkpoint.h"
#include "schedulers/executor.h"

namespace sagbench {
namespace {

constexpr int kRecordedObservations = 64;

// A run of the suite: one row of the report.
struct Run {
  TaskRegistry::Choice task;
  const Policy* policy;
  ExecutorParts parts;
  std::unique_ptr<Executor> executor;
  std::vector<at::Tensor> observations;  // recorded in its first group
  RunData data;
};

void AddParams(RunIdentity& identity, const std::string& what, const KnobValues& knobs) {
  for (const auto& [name, value] : knobs.all()) identity.params[what + "." + name] = value;
}

class Suite {
 public:
  Suite(const SuiteRequest& request, const ProgressSink& progress)
      : request_(request), progress_(progress) {
    for (const std::string& task : request_.tasks) AddTask(task);
    if (runs_.empty()) throw UsageError("nothing to run: name a task, a sampler and a scheduler");
  }

  SuiteResult Run() {
    SuiteResult result;
    try {
      RunEpisodes();
      if (request_.measure_latency) MeasureLatencies();
      MeasureActionErrors();
      if (request_.measure_spread) MeasureSpreads();
    } catch (const Error& error) {
      if (error.code() != ExitCode::kInterrupted) throw;
      result.interrupted = true;
    }
    std::vector<RunData> data;
    for (sagbench::Run& run : runs_) {
      if (run.data.episodes.empty()) continue;
      result.episodes.insert(result.episodes.end(), run.data.episodes.begin(),
                             run.data.episodes.end());
      data.push_back(std::move(run.data));
    }
    result.runs = Summarise(data, request_.summary);
    return result;
  }

 private:
  void AddTask(const std::string& text) {
    const std::string name = Tasks().Choose(text).entry->name;
    const std::string folder =
        request_.policy.empty() ? ShippedPolicy(name).string() : request_.policy;
    policies_.push_back(std::make_unique<Policy>(LoadPolicy(folder)));
    const Policy& policy = *policies_.back();
    const TaskRegistry::Choice task = ChooseTaskFor(policy.config, text);
    for (const std::string& executor : request_.executors) {
      if (request_.add_baseline) AddRun(executor, task, policy, "ddpm", "dense");
      for (const std::string& sampler : request_.samplers) {
        for (const std::string& scheduler : request_.schedulers) {
          AddRun(executor, task, policy, sampler, scheduler);
        }
      }
    }
  }

  // Adds a row unless it is there already.
  void AddRun(const std::string& executor, const TaskRegistry::Choice& task, const Policy& policy,
              const std::string& sampler, const std::string& scheduler) {
    sagbench::Run run;
    run.task = task;
    run.policy = &policy;
    run.parts = {.policy = &policy,
                 .sampler = Samplers().Choose(sampler),
                 .scheduler = Schedulers().Choose(scheduler),
                 .device = request_.device};
    RunIdentity& identity = run.data.identity;
    identity.task = task.Name();
    identity.sampler = run.parts.sampler.Name();
    identity.scheduler = run.parts.scheduler.Name();
    AddParams(identity, "task", task.knobs);
    AddParams(identity, "sampler", run.parts.sampler.knobs);
    AddParams(identity, "scheduler", run.parts.scheduler.knobs);
    identity.params["batch"] = std::to_string(request_.batch);
    identity.params["threads"] = std::to_string(request_.threads);
    identity.policy_name = policy.name;
    identity.policy_sha256 = policy.sha256;
    identity.executor = Executors().Choose(executor).Name();
    identity.device = request_.device;
    identity.seed = request_.seed;
    for (const sagbench::Run& other : runs_) {
      const RunIdentity& there = other.data.identity;
      if (there.task == identity.task && there.sampler == identity.sampler &&
          there.scheduler == identity.scheduler && there.executor == identity.executor) {
        return;
      }
    }
    run.executor = Executors().Choose(executor).Make(run.parts);
    runs_.push_back(std::move(run));
  }

  // Group by group, every run in turn, so that an interruption leaves paired episodes.
  void RunEpisodes() {
    const int64_t total = request_.episodes * static_cast<int64_t>(runs_.size());
    int64_t done = 0;
    for (int64_t first = 0; first < request_.episodes; first += request_.batch) {
      const int64_t count = std::min(request_.batch, request_.episodes - first);
      for (sagbench::Run& run : runs_) {
        Show(run, done, total);
        RunOneGroup(run, first, count);
        done += count;
      }
    }
    Show(runs_.back(), done, total);
  }

  void RunOneGroup(sagbench::Run& run, int64_t first, int64_t count) const {
    const auto start = std::chrono::steady_clock::now();
    std::vector<uint64_t> seeds;
    for (int64_t i = 0; i < count; ++i)
      seeds.push_back(request_.seed + static_cast<uint64_t>(first + i));
    RolloutRequest rollout;
    rollout.task = run.task;
    rollout.policy = &run.policy->config;
    rollout.run_seed = request_.seed;
    rollout.threads = request_.threads;
    rollout.record_chunks = first == 0 ? kRecordedObservations : 0;
    GroupResult group = RunGroup(rollout, *run.executor, seeds);
    if (first == 0) run.observations = std::move(group.observations);
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    run.data.wall_s += seconds;
    for (Episode& episode : group.episodes) {
      episode.record.task = run.data.identity.task;
      episode.record.sampler = run.data.identity.sampler;
      episode.record.scheduler = run.data.identity.scheduler;
      episode.record.wall_s = seconds / static_cast<double>(count);
      run.data.episodes.push_back(std::move(episode.record));
    }
  }

  void Show(const sagbench::Run& run, int64_t done, int64_t total) const {
    if (!progress_) return;
    const auto wins = std::count_if(run.data.episodes.begin(), run.data.episodes.end(),
                                    [](const EpisodeRecord& record) { return record.success; });
    progress_({.label = "rollouts",
               .unit = "episodes",
               .done = done,
               .total = total,
               .note = fmt::format("{} {} {}: success {}/{}", run.data.identity.task,
                                   run.data.identity.sampler, run.data.identity.scheduler, wins,
                                   run.data.episodes.size())});
  }

  // The runs of one policy share its first run's recorded observations.
  void MeasureLatencies() {
    for (const std::unique_ptr<Policy>& policy : policies_) {
      std::vector<Executor*> executors;
      std::vector<sagbench::Run*> members;
      for (sagbench::Run& run : runs_) {
        if (run.policy != policy.get()) continue;
        members.push_back(&run);
        executors.push_back(run.executor.get());
      }
      std::vector<LatencySamples> samples = MeasureLatency(
          executors, members.front()->observations, policy->config, request_.latency, progress_);
      for (size_t i = 0; i < members.size(); ++i) members[i]->data.latency = std::move(samples[i]);
    }
  }

  // Against dense of the same sampler, on the same noise and the observations of the policy's first
  // run.
  void MeasureActionErrors() {
    std::map<const Policy*, const std::vector<at::Tensor>*> observations;
    for (sagbench::Run& run : runs_) observations.emplace(run.policy, &run.observations);
    for (sagbench::Run& run : runs_) {
      if (run.parts.scheduler.entry->name == "dense") continue;
      ExecutorParts dense = run.parts;
      dense.scheduler = Schedulers().Choose("dense");
      const std::unique_ptr<Executor> reference =
          Executors().Choose(run.data.identity.executor).Make(dense);
      run.data.action_error = CompareActions(*reference, *run.executor, *observations[run.policy],
                                             run.policy->config, request_.seed);
    }
  }

  // Every run on its policy's shared observations; the ratio is to the first baseline of the same
  // task and policy.
  void MeasureSpreads() {
    for (const std::unique_ptr<Policy>& policy : policies_) {
      std::vector<sagbench::Run*> members;
      double dense = 0.0;
      for (sagbench::Run& run : runs_) {
        if (run.policy != policy.get()) continue;
        members.push_back(&run);
        const double mean = MeasureSpread(*run.executor, members.front()->observations,
                                          policy->config, request_.seed);
        run.data.spread = Spread{.ratio = std::nullopt, .mean = mean};
        if (dense == 0.0 && IsBaseline(run.data.identity)) dense = mean;
      }
      for (sagbench::Run* run : members) {
        if (dense > 0.0) run->data.spread->ratio = run->data.spread->mean / dense;
      }
    }
  }

  const SuiteRequest& request_;
  const ProgressSink& progress_;
  std::vector<std::unique_ptr<Policy>> policies_;
  std::vector<sagbench::Run> runs_;
};

}  // namespace

std::filesystem::path ShippedPolicy(const std::string& task) {
  const std::filesystem::path below = std::filesystem::path("policies") / "weights" / task;
  if (!FindShipped(below / "policy.json").empty()) {
    return FindShipped(below / "policy.json").parent_path();
  }
  throw FileError(
      "no policy for task '{}': looked for {} under {}; train one with 'sagbench train "
      "policy' and name it with --policy, or set SAGBENCH_HOME",
      task, below.string(), ShippedHome().string());
}

SuiteResult RunSuite(const SuiteRequest& request, const ProgressSink& progress) {
  return Suite(request, progress).Run();
}

}  // namespace sagbench
