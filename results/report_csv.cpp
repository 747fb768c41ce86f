#include "results/report_csv.h"

#include <map>

#include <nlohmann/json.hpp>

#include "results/report_json.h"

namespace sagbench {
namespace {

using Json = nlohmann::ordered_json;
using Figures = std::map<std::string, std::string>;  // column to text

std::string Text(const Json& value) {
  return value.is_string() ? value.get<std::string>()
                           : value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

bool IsOneColumn(const std::string& path) {
  return path == "params" || path == "failures" || path == "context.versions";
}

std::string Joined(const Json& object) {
  std::string text;
  for (const auto& [key, value] : object.items()) {
    text += (text.empty() ? "" : ";") + key + "=" + Text(value);
  }
  return text;
}

// Lists other than intervals have no column.
void Flatten(const Json& value, const std::string& path, Figures* figures) {
  if (IsOneColumn(path)) {
    (*figures)[path] = Joined(value);
  } else if (value.is_object()) {
    for (const auto& [key, item] : value.items()) {
      Flatten(item, path.empty() ? key : path + "." + key, figures);
    }
  } else if (path.ends_with("ci95")) {
    (*figures)[path + ".low"] = Text(value.at(0));
    (*figures)[path + ".high"] = Text(value.at(1));
  } else if (!value.is_array()) {
    (*figures)[path] = Text(value);
  }
}

std::string Field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

std::string Line(const std::vector<std::string>& fields) {
  std::string line;
  for (const std::string& field : fields) {
    if (&field != &fields.front()) line += ',';
    line += Field(field);
  }
  return line + "\r\n";
}

}  // namespace

const std::vector<std::string>& CsvColumns() {
  static const std::vector<std::string> columns = {
      // what a run is
      "task", "sampler", "scheduler", "executor", "device", "policy.name", "policy.sha256", "seed",
      "thinking_ms", "params",
      // what it achieved
      "episodes", "success.k", "success.n", "success.rate", "success.ci95.low", "success.ci95.high",
      "success.interval", "score.mean", "score.ci95.low", "score.ci95.high", "failures",
      "versus_dense.pairs", "versus_dense.b", "versus_dense.c", "versus_dense.difference",
      "versus_dense.ci95.low", "versus_dense.ci95.high", "versus_dense.mcnemar_p",
      "versus_dense.mcnemar_p_holm", "versus_dense.margin", "versus_dense.verdict",
      "versus_dense.e_values.non_inferior", "versus_dense.e_values.inferior",
      "versus_dense.score_difference.mean", "versus_dense.score_difference.ci95.low",
      "versus_dense.score_difference.ci95.high", "action_error.mean_abs", "action_error.max_abs",
      "spread.mean", "spread.ratio", "discriminating",
      // what it cost
      "flops.per_chunk", "flops.pruner_per_chunk", "flops.dense_per_chunk", "flops.ratio",
      "sparsity.cells", "sparsity.flops", "latency_ms.median", "latency_ms.p90", "latency_ms.p99",
      "latency_ms.max", "latency_ms.phases.encode", "latency_ms.phases.plan",
      "latency_ms.phases.denoise", "latency_ms.phases.sampler", "latency_ms.n",
      "latency_ms.block_size", "deadline.ms", "deadline.missed", "deadline.share",
      "deadline.actions_per_s", "speedup.flops", "speedup.latency", "speedup.latency_ci95.low",
      "speedup.latency_ci95.high", "replans", "wall_s", "plan_map.steps", "plan_map.blocks",
      "plan_map.observations", "plan_map.replans_seen", "digest.plans", "digest.actions",
      // where and how
      "context.commit", "context.build_type", "context.flags", "context.versions", "context.host",
      "context.cpu", "context.threads", "context.gpu", "context.driver", "context.clocks",
      "context.throttle", "context.precision", "context.tf32", "context.command_line",
      "context.date"};
  return columns;
}

std::vector<std::vector<std::string>> CsvCells(const Report& report) {
  const Json json = ToJson(report);
  std::vector<std::vector<std::string>> rows;
  for (const Json& run : json["runs"]) {
    Figures figures;
    Flatten(run, "", &figures);
    Flatten(json["context"], "context", &figures);
    std::vector<std::string>& row = rows.emplace_back();
    for (const std::string& column : CsvColumns()) row.push_back(figures[column]);
  }
  return rows;
}

std::string ReportCsv(const Report& report) {
  std::string text = Line(CsvColumns());
  for (const std::vector<std::string>& row : CsvCells(report)) text += Line(row);
  return text;
}

}  // namespace sagbench
