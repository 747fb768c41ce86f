#include "tools/run_request.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include <fmt/core.h>

#include "bench/machine.h"
#include "bench/shard.h"
#include "core/error.h"
#include "policies/sampler.h"
#include "schedulers/scheduler.h"
#include "tools/command.h"

namespace sagbench {
namespace {

constexpr double kLongestThought = 60000.0;  // ms

// A list in which a sampler's name was typed for a scheduler, or the other way round, gets a hint.
template <class Wanted, class Other>
std::vector<std::string> SplitChecked(const std::string& text, const char* wanted_name,
                                      const Wanted& wanted, const char* other_name,
                                      const Other& other) {
  std::vector<std::string> items = SplitPluginList(text);
  for (const std::string& item : items) {
    const std::string name = ParsePlugin(item).name;
    if (!wanted.Has(name) && other.Has(name)) {
      throw UsageError("'{}' is a {}, not a {}: give it with --{}; valid {}s are {}", name,
                       other_name, wanted_name, other_name, wanted_name,
                       JoinNames(wanted.entries()));
    }
  }
  return items;
}

// The executors with --precision as their knob of that name, where it is not typed there.
std::vector<std::string> WithPrecision(std::vector<std::string> executors,
                                       const std::string& precision) {
  if (precision.empty()) return executors;
  for (std::string& text : executors) {
    const ExecutorRegistry::Choice choice = Executors().Choose(text);
    if (ParsePlugin(text).knobs.contains("precision")) continue;
    const auto& knobs = choice.entry->knobs;
    if (std::any_of(knobs.begin(), knobs.end(),
                    [](const Knob& knob) { return knob.name == "precision"; })) {
      text += (text.find(':') == std::string::npos ? ":" : ",") + ("precision=" + precision);
    } else if (precision != "float32") {
      throw UsageError("executor '{}' computes in float32 alone, not in {}: give --executor fused",
                       choice.entry->name, precision);
    }
  }
  return executors;
}

// A set of rows; what it leaves out is as on the command line.
RowSet SetOf(const RunArguments& a, const SuiteFileRows& rows) {
  return {
      .tasks = SplitPluginList(rows.task.value_or(a.tasks)),
      .samplers = SplitChecked(rows.sampler.value_or(a.samplers), "sampler", Samplers(),
                               "scheduler", Schedulers()),
      .schedulers = SplitChecked(rows.scheduler.value_or(a.schedulers), "scheduler", Schedulers(),
                                 "sampler", Samplers()),
      .executors = WithPrecision(SplitPluginList(rows.executor.value_or(a.executors)), a.precision),
      .episodes = rows.episodes.value_or(a.episodes)};
}

void ChooseShardOf(RunArguments& arguments) {
  if (arguments.out.empty()) throw UsageError("--shard needs a run folder: name it with --out");
  const ShardChoice choice =
      ChooseShard(arguments.shard, [](const char* name) { return std::getenv(name); });
  arguments.request.shard = choice.shard;
  if (arguments.quiet) return;
  fmt::print(stderr, "sagbench: shard {} of {}, by {}; latency is left to the merged run\n",
             choice.shard.index + 1, choice.shard.count, choice.source);
}

void ChooseThinking(RunArguments& arguments) {
  SuiteRequest& request = arguments.request;
  const std::string& text = arguments.real_time;
  if (text.empty()) return;
  if (text == "measured") {
    request.thinking = Thinking::kMeasured;
    if (!arguments.shard.empty()) {
      throw UsageError("--real-time measured would differ between shards: state the milliseconds");
    }
    return;
  }
  const auto [end, failed] =
      std::from_chars(text.data(), text.data() + text.size(), request.thinking_ms);
  const bool is_number = failed == std::errc() && end == text.data() + text.size();
  if (!is_number || !(request.thinking_ms > 0.0) || request.thinking_ms > kLongestThought) {
    throw UsageError(
        "--real-time is '{}': valid are milliseconds from above 0 to {:g}, and measured", text,
        kLongestThought);
  }
  request.thinking = Thinking::kStated;
}

}  // namespace

void CompleteRequest(RunArguments& arguments) {
  SuiteRequest& request = arguments.request;
  if (arguments.rows.empty()) arguments.rows.emplace_back();
  for (const SuiteFileRows& rows : arguments.rows) request.rows.push_back(SetOf(arguments, rows));
  if (request.resume && arguments.out.empty()) {
    throw UsageError("--resume goes on in a run folder: name it with --out");
  }
  if (!request.take.empty() && arguments.out.empty()) {
    throw UsageError("--take adds to a run folder: name it with --out");
  }
  if (arguments.video > 0 && arguments.out.empty()) {
    throw UsageError("--video films into a run folder: name it with --out");
  }
  if (request.summary.sequential && !arguments.shard.empty()) {
    throw UsageError(
        "--sequential looks at all episodes so far, which a shard does not have: "
        "leave out one of --sequential and --shard");
  }
  ChooseThinking(arguments);
  if (!arguments.shard.empty()) ChooseShardOf(arguments);
  if (arguments.within) request.latency.within = *arguments.within / 100.0;
  request.settings.device = ChooseDevice(arguments.device);
  request.settings.threads = SetThreads(arguments.threads);
  request.settings.add_baseline = !arguments.no_baseline;
  request.measure_latency = !arguments.no_latency;
  request.latency.seed = request.settings.seed;
  request.summary.bootstrap.seed = request.settings.seed;
  request.folder = arguments.out;
  request.context =
      DescribeMachine(request.settings.device, request.settings.threads, CommandLine());
}

}  // namespace sagbench
