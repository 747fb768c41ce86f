#include "bench/collect_parts.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/files.h"

namespace sagbench {
namespace {

nlohmann::json RowsJson(const Rows& rows) {
  return {{"width", rows.width}, {"values", rows.values}};
}

Rows RowsFrom(const nlohmann::json& json) {
  return {json.at("width").get<size_t>(), json.at("values").get<std::vector<double>>()};
}

nlohmann::json DemonstrationJson(const Demonstration& demonstration) {
  nlohmann::json observations = nlohmann::json::object();
  for (const auto& [key, rows] : demonstration.observations) observations[key] = RowsJson(rows);
  return {{"observations", observations},
          {"actions", RowsJson(demonstration.actions)},
          {"states", RowsJson(demonstration.states)},
          {"rewards", demonstration.rewards},
          {"dones", demonstration.dones},
          {"attributes", demonstration.attributes}};
}

Demonstration DemonstrationFrom(const nlohmann::json& json) {
  Demonstration demonstration;
  for (const auto& [key, rows] : json.at("observations").items()) {
    demonstration.observations[key] = RowsFrom(rows);
  }
  demonstration.actions = RowsFrom(json.at("actions"));
  demonstration.states = RowsFrom(json.at("states"));
  demonstration.rewards = json.at("rewards").get<std::vector<double>>();
  demonstration.dones = json.at("dones").get<std::vector<uint8_t>>();
  demonstration.attributes = json.at("attributes").get<std::map<std::string, std::string>>();
  return demonstration;
}

std::pair<size_t, ExpertResult> ResultFrom(const nlohmann::json& json) {
  ExpertResult result;
  result.success = json.at("success").get<bool>();
  result.first_choice = json.at("first_choice").get<std::string>();
  result.seconds = json.at("seconds").get<double>();
  if (json.contains("demonstration"))
    result.demonstration = DemonstrationFrom(json.at("demonstration"));
  return {json.at("index").get<size_t>(), std::move(result)};
}

}  // namespace

CollectParts::CollectParts(const std::filesystem::path& out, const std::string& settings,
                           bool resume)
    : folder_(out.string() + ".parts") {
  const std::filesystem::path file = folder_ / "episodes.jsonl";
  JsonLines lines;
  if (std::filesystem::exists(file)) lines = ReadJsonLines(file);
  if (!lines.records.empty()) {
    if (!resume) {
      throw UsageError("{} holds {} finished episodes: add --resume to go on, or remove it",
                       folder_.string(), lines.records.size() - 1);
    }
    if (lines.records[0].value("settings", "") != settings) {
      throw UsageError(
          "{} is of a collection with other settings: repeat that command line, or "
          "remove the folder",
          folder_.string());
    }
    for (size_t i = 1; i < lines.records.size(); ++i)
      finished_.insert(ResultFrom(lines.records[i]));
  }
  MakeWritableFolder(folder_);
  writer_.emplace(file);
  if (lines.records.empty()) writer_->Append({{"settings", settings}});
}

std::map<size_t, ExpertResult> CollectParts::TakeFinished() {
  return std::move(finished_);
}

void CollectParts::Append(size_t index, const ExpertResult& result) {
  nlohmann::json record = {{"index", index},
                           {"success", result.success},
                           {"first_choice", result.first_choice},
                           {"seconds", result.seconds}};
  if (result.demonstration.actions.count() > 0)
    record["demonstration"] = DemonstrationJson(result.demonstration);
  writer_->Append(record);
}

void CollectParts::Remove() {
  writer_.reset();
  std::filesystem::remove_all(folder_);
}

}  // namespace sagbench
