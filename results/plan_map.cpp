#include "results/plan_map.h"

#include <algorithm>
#include <string_view>

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/json_reader.h"

namespace sagbench {
namespace {

constexpr int64_t kLargestGrid = 10'000'000;  // cells

// Lines of '#' and '.', one a step.
bool IsPlanOf(const PlanMap& map, std::string_view text) {
  const auto width = static_cast<size_t>(map.blocks) + 1;
  if (text.size() != width * static_cast<size_t>(map.steps)) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool ends = i % width == width - 1;
    if (ends ? text[i] != '\n' : text[i] != '#' && text[i] != '.') return false;
  }
  return true;
}

bool IsWhole(const PlanMap& map) {
  if (map.steps < 1 || map.blocks < 1 || map.steps > kLargestGrid / map.blocks) return false;
  const auto is_share = [](double value) { return value >= 0.0 && value <= 1.0; };
  const auto is_plan = [&map](const std::string& text) { return IsPlanOf(map, text); };
  const bool named =
      map.block_names.empty() || map.block_names.size() == static_cast<size_t>(map.blocks);
  return named && map.computed.size() == static_cast<size_t>(map.steps * map.blocks) &&
         std::all_of(map.computed.begin(), map.computed.end(), is_share) &&
         std::all_of(map.replans.begin(), map.replans.end(), is_plan);
}

}  // namespace

nlohmann::ordered_json ToJson(const PlanMap& map) {
  nlohmann::ordered_json json = {{"steps", map.steps}, {"blocks", map.blocks}};
  if (!map.block_names.empty()) json["block_names"] = map.block_names;
  json["observations"] = map.observations;
  json["computed"] = map.computed;
  json["replans_seen"] = map.replans_seen;
  json["replans"] = map.replans;
  return json;
}

PlanMap PlanMapFromJson(const nlohmann::json& json, const std::string& origin) {
  const JsonReader reader(json, origin, "a plan map");
  PlanMap map;
  reader.Read("steps", &map.steps);
  reader.Read("blocks", &map.blocks);
  reader.Read("observations", &map.observations);
  reader.Read("replans_seen", &map.replans_seen);
  try {
    map.computed = reader.List("computed").get<std::vector<double>>();
    map.replans = reader.List("replans").get<std::vector<std::string>>();
    if (reader.Has("block_names")) {
      map.block_names = reader.List("block_names").get<std::vector<std::string>>();
    }
  } catch (const nlohmann::json::exception& error) {
    throw FileError("{}: this plan map is not whole ({})", origin, error.what());
  }
  if (!IsWhole(map)) {
    throw FileError("{}: this plan map is no grid of {} steps and {} blocks", origin, map.steps,
                    map.blocks);
  }
  return map;
}

int64_t ComputedCells(const std::string& plan) {
  return std::count(plan.begin(), plan.end(), '#');
}

double ShareOfChangedCells(const std::string& a, const std::string& b) {
  int64_t cells = 0;
  int64_t changed = 0;
  for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (a[i] == '\n') continue;
    ++cells;
    changed += a[i] == b[i] ? 0 : 1;
  }
  return cells == 0 ? 0.0 : static_cast<double>(changed) / static_cast<double>(cells);
}

double MeanComputed(const PlanMap& map) {
  return map.computed.empty() ? 0.0 : Mean(map.computed);
}

}  // namespace sagbench
