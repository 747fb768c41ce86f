#include "results/report_json.h"

#include <cmath>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/files.h"
#include "tests/results/full_report.h"

namespace sagbench {
namespace {

using Json = nlohmann::ordered_json;

// The schema of `json`: each path with its type; "[]" stands for the items of a list.
void Schema(const Json& json, const std::string& path, std::map<std::string, std::string>* schema) {
  const bool number = json.is_number_float();
  (*schema)[path] = number ? "float" : json.is_number() ? "integer" : json.type_name();
  if (json.is_object()) {
    for (const auto& [key, value] : json.items()) Schema(value, path + "." + key, schema);
  }
  if (json.is_array() && !json.empty()) Schema(json.front(), path + "[]", schema);
}

std::string SchemaText(const Json& json, const std::string& name) {
  std::map<std::string, std::string> schema;
  Schema(json, name, &schema);
  std::string text;
  for (const auto& [path, type] : schema) text += path + " " + type + "\n";
  return text;
}

// Changing this list means a new schema_version, unless keys are only added.
constexpr const char* kContextSchema =
    "context object\n"
    "context.build_type string\n"
    "context.clocks string\n"
    "context.command_line string\n"
    "context.commit string\n"
    "context.cpu string\n"
    "context.date string\n"
    "context.driver string\n"
    "context.flags string\n"
    "context.gpu string\n"
    "context.host string\n"
    "context.precision string\n"
    "context.tf32 boolean\n"
    "context.threads integer\n"
    "context.throttle string\n"
    "context.versions object\n"
    "context.versions.mujoco string\n"
    "context.versions.torch string\n";

constexpr const char* kRunSchema =
    "run object\n"
    "run.action_error object\n"
    "run.action_error.max_abs float\n"
    "run.action_error.mean_abs float\n"
    "run.deadline object\n"
    "run.deadline.actions_per_s float\n"
    "run.deadline.missed integer\n"
    "run.deadline.ms float\n"
    "run.deadline.share float\n"
    "run.device string\n"
    "run.digest object\n"
    "run.digest.actions string\n"
    "run.digest.plans string\n"
    "run.discriminating boolean\n"
    "run.episodes integer\n"
    "run.executor string\n"
    "run.failures object\n"
    "run.failures.timeout integer\n"
    "run.flops object\n"
    "run.flops.dense_per_chunk float\n"
    "run.flops.per_chunk float\n"
    "run.flops.pruner_per_chunk float\n"
    "run.flops.ratio float\n"
    "run.latency_ms object\n"
    "run.latency_ms.block_size integer\n"
    "run.latency_ms.max float\n"
    "run.latency_ms.median float\n"
    "run.latency_ms.n integer\n"
    "run.latency_ms.p90 float\n"
    "run.latency_ms.p99 float\n"
    "run.latency_ms.phases object\n"
    "run.latency_ms.phases.denoise float\n"
    "run.latency_ms.phases.encode float\n"
    "run.latency_ms.phases.plan float\n"
    "run.latency_ms.phases.sampler float\n"
    "run.latency_ms.samples array\n"
    "run.latency_ms.samples[] float\n"
    "run.params object\n"
    "run.params.sampler.steps string\n"
    "run.plan_map object\n"
    "run.plan_map.block_names array\n"
    "run.plan_map.block_names[] string\n"
    "run.plan_map.blocks integer\n"
    "run.plan_map.computed array\n"
    "run.plan_map.computed[] float\n"
    "run.plan_map.observations integer\n"
    "run.plan_map.replans array\n"
    "run.plan_map.replans[] string\n"
    "run.plan_map.replans_seen integer\n"
    "run.plan_map.steps integer\n"
    "run.policy object\n"
    "run.policy.name string\n"
    "run.policy.sha256 string\n"
    "run.replans integer\n"
    "run.sampler string\n"
    "run.scheduler string\n"
    "run.score object\n"
    "run.score.ci95 array\n"
    "run.score.ci95[] float\n"
    "run.score.mean float\n"
    "run.seed integer\n"
    "run.sparsity object\n"
    "run.sparsity.cells float\n"
    "run.sparsity.flops float\n"
    "run.speedup object\n"
    "run.speedup.flops float\n"
    "run.speedup.latency float\n"
    "run.speedup.latency_ci95 array\n"
    "run.speedup.latency_ci95[] float\n"
    "run.spread object\n"
    "run.spread.mean float\n"
    "run.spread.ratio float\n"
    "run.success object\n"
    "run.success.ci95 array\n"
    "run.success.ci95[] float\n"
    "run.success.interval string\n"
    "run.success.k integer\n"
    "run.success.n integer\n"
    "run.success.rate float\n"
    "run.task string\n"
    "run.thinking_ms float\n"
    "run.versus_dense object\n"
    "run.versus_dense.b integer\n"
    "run.versus_dense.c integer\n"
    "run.versus_dense.ci95 array\n"
    "run.versus_dense.ci95[] float\n"
    "run.versus_dense.difference float\n"
    "run.versus_dense.e_values object\n"
    "run.versus_dense.e_values.inferior float\n"
    "run.versus_dense.e_values.non_inferior float\n"
    "run.versus_dense.margin float\n"
    "run.versus_dense.mcnemar_p float\n"
    "run.versus_dense.mcnemar_p_holm float\n"
    "run.versus_dense.pairs integer\n"
    "run.versus_dense.score_difference object\n"
    "run.versus_dense.score_difference.ci95 array\n"
    "run.versus_dense.score_difference.ci95[] float\n"
    "run.versus_dense.score_difference.mean float\n"
    "run.versus_dense.verdict string\n"
    "run.wall_s float\n";

TEST(ReportJson, SchemaIsPinned) {
  const Json json = ToJson(FullReport());
  EXPECT_EQ(json["schema_version"], 1);
  EXPECT_EQ(json.size(), 4U);
  EXPECT_TRUE(json["warnings"][0].is_string());
  EXPECT_EQ(SchemaText(json["context"], "context"), kContextSchema);
  EXPECT_EQ(SchemaText(json["runs"][1], "run"), kRunSchema);
}

// The last words of the paths above, each in backquotes in results/README.md.
TEST(ReportJson, ReadmeDocumentsEveryKey) {
  const std::string readme = ReadFile(std::string(SAGBENCH_SOURCE_DIR) + "/results/README.md");
  const Json json = ToJson(FullReport());
  for (const Json* object : {&json, &json["context"], &json["runs"][1]}) {
    for (const auto& [key, value] : object->items()) {
      EXPECT_NE(readme.find("`" + key + "`"), std::string::npos) << key;
    }
  }
  for (const char* key : {"success", "versus_dense", "flops", "latency_ms", "deadline", "speedup",
                          "sparsity", "plan_map"}) {
    for (const auto& [inner, value] : json["runs"][1][key].items()) {
      EXPECT_NE(readme.find("`" + inner + "`"), std::string::npos) << key << "." << inner;
    }
  }
}

TEST(ReportJson, WhatIsAbsentIsLeftOut) {
  const RunData empty = SampleRun("ddpm", "dense", "");
  const Json run = ToJson(Report{{}, {}, QuickSummary({empty})})["runs"][0];
  std::vector<std::string> keys;
  for (const auto& [key, value] : run.items()) keys.push_back(key);
  EXPECT_EQ(keys, (std::vector<std::string>{"task", "sampler", "scheduler", "params", "policy",
                                            "executor", "device", "seed", "episodes", "failures",
                                            "replans", "wall_s"}));
}

TEST(ReportJson, NeverHasNulls) {
  Report report = FullReport();
  report.runs[1].wall_s = std::nan("");
  report.runs[1].speedup->latency = INFINITY;
  EXPECT_EQ(ReportJsonText(report).find("null"), std::string::npos);
  EXPECT_FALSE(ToJson(report)["runs"][1].contains("wall_s"));
}

TEST(ReportJson, TextIsTheJsonAndStable) {
  for (const Report& report : {FullReport(), SampleReport(), Report{}}) {
    const std::string text = ReportJsonText(report);
    EXPECT_EQ(Json::parse(text), ToJson(report));
    EXPECT_EQ(ReportJsonText(report), text);
    EXPECT_EQ(text.back(), '\n');
  }
}

TEST(ReportJson, KeysKeepTheirOrder) {
  const std::string text = ReportJsonText(SampleReport());
  EXPECT_EQ(text.find("{\n  \"schema_version\": 1,\n  \"context\": {\n    \"commit\""), 0U);
  EXPECT_LT(text.find("\"task\""), text.find("\"sampler\""));
  EXPECT_NE(text.find("\"ratio\": 0.25"), std::string::npos);
}

TEST(ReportJson, BytesThatAreNoUtf8AreReplaced) {
  Report report = SampleReport();
  report.context.command_line = "sagbench run --out \xff";
  EXPECT_NE(ReportJsonText(report).find("--out"), std::string::npos);
}

}  // namespace
}  // namespace sagbench
