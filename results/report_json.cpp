#include "results/report_json.h"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "results/plan_map.h"

namespace sagbench {
namespace {

using Json = nlohmann::ordered_json;

// Keys in the order of the calls; what is absent or not finite is left out, so that no null occurs.
class Object {
 public:
  template <class T>
  Object& Put(const char* key, const T& value) {
    json_[key] = value;
    return *this;
  }

  Object& Put(const char* key, double value) {
    if (std::isfinite(value)) json_[key] = value;
    return *this;
  }

  Object& Put(const char* key, const Interval& value) {
    json_[key] = Json::array({value.lo, value.hi});
    return *this;
  }

  template <class T>
  Object& Put(const char* key, const std::optional<T>& value) {
    return value ? Put(key, *value) : *this;
  }

  // A member that is itself an object, made by `to_json`.
  template <class T>
  Object& Put(const char* key, const std::optional<T>& value, Json (*to_json)(const T&)) {
    if (value) json_[key] = to_json(*value);
    return *this;
  }

  Json Take() { return std::move(json_); }

 private:
  Json json_ = Json::object();
};

Json FromSuccess(const Success& success) {
  return Object()
      .Put("k", success.k)
      .Put("n", success.n)
      .Put("rate", success.rate)
      .Put("ci95", success.ci95)
      .Put("interval", success.exact ? "clopper-pearson" : "wilson")
      .Take();
}

Json FromMean(const MeanFigure& figure) {
  return Object().Put("mean", figure.mean).Put("ci95", figure.ci95).Take();
}

Json FromEvidence(const SequentialEvidence& evidence) {
  return Object()
      .Put("non_inferior", evidence.non_inferior)
      .Put("inferior", evidence.inferior)
      .Take();
}

Json FromVersusDense(const VersusDense& versus) {
  return Object()
      .Put("mcnemar_p", versus.mcnemar_p)
      .Put("mcnemar_p_holm", versus.mcnemar_p_holm)
      .Put("b", versus.outcomes.b)
      .Put("c", versus.outcomes.c)
      .Put("pairs", versus.outcomes.pairs)
      .Put("difference", versus.outcomes.difference())
      .Put("ci95", versus.ci95)
      .Put("margin", versus.margin)
      .Put("verdict", VerdictName(versus.verdict))
      .Put("e_values", versus.evidence, FromEvidence)
      .Put("score_difference", versus.score_difference, FromMean)
      .Take();
}

Json FromFlops(const Flops& flops) {
  return Object()
      .Put("dense_per_chunk", flops.dense_per_chunk)
      .Put("per_chunk", flops.per_chunk)
      .Put("pruner_per_chunk", flops.pruner_per_chunk)
      .Put("ratio", flops.ratio)
      .Take();
}

Json FromSparsity(const Sparsity& sparsity) {
  return Object().Put("cells", sparsity.cells).Put("flops", sparsity.flops).Take();
}

Json FromPhases(const PhaseTimes& phases) {
  Object object;
  VisitPhases(phases, [&](const char* key, double ms) { object.Put(key, ms); });
  return object.Take();
}

Json FromLatency(const Latency& latency) {
  return Object()
      .Put("median", latency.median)
      .Put("p90", latency.p90)
      .Put("p99", latency.p99)
      .Put("max", latency.max)
      .Put("phases", latency.phases, FromPhases)
      .Put("n", latency.samples.size())
      .Put("block_size", latency.block_size)
      .Put("samples", latency.samples)
      .Take();
}

Json FromDeadline(const Deadline& deadline) {
  return Object()
      .Put("ms", deadline.ms)
      .Put("missed", deadline.missed)
      .Put("share", deadline.share)
      .Put("actions_per_s", deadline.actions_per_s)
      .Take();
}

Json FromSpeedup(const Speedup& speedup) {
  return Object()
      .Put("flops", speedup.flops)
      .Put("latency", speedup.latency)
      .Put("latency_ci95", speedup.latency_ci95)
      .Take();
}

Json FromActionError(const ActionError& error) {
  return Object().Put("mean_abs", error.mean_abs).Put("max_abs", error.max_abs).Take();
}

Json FromSpread(const Spread& spread) {
  return Object().Put("ratio", spread.ratio).Put("mean", spread.mean).Take();
}

Json FromDigest(const Digest& digest) {
  return Object().Put("plans", digest.plans).Put("actions", digest.actions).Take();
}

Json FromPolicy(const RunIdentity& identity) {
  return Object().Put("name", identity.policy_name).Put("sha256", identity.policy_sha256).Take();
}

Json FromRun(const RunReport& run) {
  const RunIdentity& identity = run.identity;
  return Object()
      .Put("task", identity.task)
      .Put("sampler", identity.sampler)
      .Put("scheduler", identity.scheduler)
      .Put("params", identity.params)
      .Put("policy", FromPolicy(identity))
      .Put("executor", identity.executor)
      .Put("device", identity.device)
      .Put("seed", identity.seed)
      .Put("thinking_ms", identity.thinking_ms)
      .Put("episodes", run.episodes)
      .Put("success", run.success, FromSuccess)
      .Put("score", run.score, FromMean)
      .Put("failures", run.failures)
      .Put("versus_dense", run.versus_dense, FromVersusDense)
      .Put("flops", run.flops, FromFlops)
      .Put("sparsity", run.sparsity, FromSparsity)
      .Put("latency_ms", run.latency_ms, FromLatency)
      .Put("deadline", run.deadline, FromDeadline)
      .Put("speedup", run.speedup, FromSpeedup)
      .Put("action_error", run.action_error, FromActionError)
      .Put("spread", run.spread, FromSpread)
      .Put("discriminating", run.discriminating)
      .Put("plan_map", run.plan_map, ToJson)
      .Put("digest", run.digest, FromDigest)
      .Put("replans", run.replans)
      .Put("wall_s", run.wall_s)
      .Put("other_commits",
           run.other_commits.empty() ? std::nullopt : std::optional(run.other_commits))
      .Take();
}

Json FromContext(const Context& context) {
  return Object()
      .Put("commit", context.commit)
      .Put("build_type", context.build_type)
      .Put("flags", context.flags)
      .Put("versions", context.versions)
      .Put("host", context.host)
      .Put("cpu", context.cpu)
      .Put("threads", context.threads)
      .Put("gpu", context.gpu)
      .Put("driver", context.driver)
      .Put("clocks", context.clocks)
      .Put("throttle", context.throttle)
      .Put("precision", context.precision)
      .Put("tf32", context.tf32)
      .Put("command_line", context.command_line)
      .Put("date", context.date)
      .Take();
}

bool IsListOfNumbers(const Json& json) {
  return json.is_array() &&
         std::all_of(json.begin(), json.end(), [](const Json& item) { return item.is_number(); });
}

// On one line; bytes that are no UTF-8 (a command line may have them) are replaced.
std::string Flat(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// Objects and lists spread over lines; lists of numbers stay on one.
void Print(const Json& json, size_t indent, std::string* text) {
  if (json.empty() || !json.is_structured() || IsListOfNumbers(json)) {
    *text += Flat(json);
    return;
  }
  const std::string margin(indent, ' ');
  const char* separator = "\n";
  *text += json.is_object() ? '{' : '[';
  for (const auto& [key, value] : json.items()) {
    *text += separator + margin + "  ";
    if (json.is_object()) *text += Flat(key) + ": ";
    Print(value, indent + 2, text);
    separator = ",\n";
  }
  *text += "\n" + margin + (json.is_object() ? '}' : ']');
}

}  // namespace

Json ToJson(const Report& report) {
  Json runs = Json::array();
  for (const RunReport& run : report.runs) runs.push_back(FromRun(run));
  return Object()
      .Put("schema_version", Report::kSchemaVersion)
      .Put("context", FromContext(report.context))
      .Put("warnings", report.warnings)
      .Put("runs", runs)
      .Take();
}

std::string ReportJsonText(const Report& report) {
  std::string text;
  Print(ToJson(report), 0, &text);
  return text + "\n";
}

}  // namespace sagbench
