#include "schedulers/plan_io.h"

#include <set>
#include <string>
#include <vector>

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/files.h"
#include "core/strict_json.h"

namespace sagbench {
namespace {

constexpr int kFormat = 1;
constexpr int kComputed = -1;
constexpr int kLargest = 65535;  // steps, blocks, slots
constexpr int kLargestOrder = 8;

std::vector<std::vector<int>> CellRows(const Plan& plan) {
  std::vector<std::vector<int>> rows(plan.steps());
  for (int step = 0; step < plan.steps(); ++step) {
    for (int block = 0; block < plan.blocks(); ++block) {
      const Cell& cell = plan.at(step, block);
      rows[step].push_back(cell.compute ? kComputed : cell.slot);
    }
  }
  return rows;
}

// Reads the numbers of a plan file as they are written: 0.9, false and 4294967295 are no cells.
struct Reader {
  const std::string& origin;

  const nlohmann::json& List(const nlohmann::json& json, const char* what) const {
    if (!json.is_array()) throw FileError("{}: {}: {} is no list", origin, what, json.dump());
    return json;
  }

  int Number(const nlohmann::json& json, const char* what, int least, int most) const {
    const bool whole = json.is_number_integer();
    if (!whole || json.get<double>() < least || json.get<double>() > most) {
      throw FileError("{}: {}: {} is no whole number from {} to {}", origin, what, json.dump(),
                      least, most);
    }
    return json.get<int>();
  }

  template <class Element>
  std::vector<Element> Numbers(const nlohmann::json& list, const char* what, int least,
                               int most) const {
    std::vector<Element> numbers;
    for (const nlohmann::json& item : List(list, what)) {
      numbers.push_back(static_cast<Element>(Number(item, what, least, most)));
    }
    return numbers;
  }

  // A list for each item of the list under `key`.
  template <class Element>
  std::vector<std::vector<Element>> Rows(const nlohmann::json& json, const char* key,
                                         int least) const {
    std::vector<std::vector<Element>> rows;
    for (const nlohmann::json& row : List(json.at(key), key)) {
      rows.push_back(Numbers<Element>(row, key, least, kLargest));
    }
    return rows;
  }
};

void FillCells(const std::vector<std::vector<int>>& rows, const std::string& origin, Plan& plan) {
  for (int step = 0; step < plan.steps(); ++step) {
    for (int block = 0; block < plan.blocks(); ++block) {
      const int value = rows[step][block];
      if (value < kComputed || value >= plan.slot_count()) {
        throw FileError("{}: step {}, block {} reuses slot {}: valid are 0 to {}, or -1", origin,
                        step, block, value, plan.slot_count() - 1);
      }
      plan.at(step, block) = {.compute = value == kComputed,
                              .slot = static_cast<uint16_t>(value == kComputed ? 0 : value)};
    }
  }
}

// A misspelt key would pass for one that is left out.
void RefuseStrangeKeys(const nlohmann::json& json, const std::string& origin) {
  static const std::set<std::string> known = {"format", "steps", "blocks", "orders", "writes",
                                              "probes", "cells", "hold",   "noise"};
  for (const auto& [key, value] : json.items()) {
    if (known.contains(key)) continue;
    throw FileError("{}: a plan has no '{}': valid are {}", origin, key, fmt::join(known, ", "));
  }
}

// What a file does not name has its default.
IdleSteps ReadIdle(const nlohmann::json& json, const std::string& origin) {
  IdleSteps idle;
  const nlohmann::json hold = json.value("hold", nlohmann::json(HoldName(idle.hold)));
  if (hold != "residuals" && hold != "clean") {
    throw FileError("{}: hold is {}: valid are \"residuals\" and \"clean\"", origin, hold.dump());
  }
  idle.hold = HoldFromName(hold.get<std::string>());
  const nlohmann::json noise = json.value("noise", nlohmann::json(idle.noise));
  if (!noise.is_number() || !(noise >= 0.0 && noise <= kMostIdleNoise)) {
    throw FileError("{}: noise is {}: valid is 0 to {}", origin, noise.dump(), kMostIdleNoise);
  }
  idle.noise = noise.get<double>();
  return idle;
}

}  // namespace

nlohmann::json ToJson(const Plan& plan) {
  nlohmann::json json = {
      {"format", kFormat},
      {"steps", plan.steps()},
      {"blocks", plan.blocks()},
      {"orders", std::vector<int>(plan.layout().orders.begin(), plan.layout().orders.end())},
      {"writes", plan.layout().writes},
      {"probes", plan.probes()},
      {"cells", CellRows(plan)}};
  if (plan.HoldsClean()) json["hold"] = HoldName(plan.idle().hold);
  if (plan.idle().noise != 1.0) json["noise"] = plan.idle().noise;
  return json;
}

std::string PlanFileText(const Plan& plan) {
  nlohmann::json head = ToJson(plan);
  head.erase("cells");
  std::string text = head.dump();
  text.pop_back();  // the closing brace
  text += ",\"cells\":[\n";
  const std::vector<std::vector<int>> rows = CellRows(plan);
  for (size_t step = 0; step < rows.size(); ++step) {
    text += nlohmann::json(rows[step]).dump() + (step + 1 < rows.size() ? ",\n" : "\n");
  }
  return text + "]}\n";
}

Plan PlanFromJson(const nlohmann::json& json, const std::string& origin) {
  try {
    RefuseStrangeKeys(json, origin);
    const nlohmann::json& format = json.at("format");
    if (!format.is_number_integer() || format.get<int64_t>() != kFormat) {
      throw FileError("{}: plan format {} is unknown: valid is {}", origin, format.dump(), kFormat);
    }
    const Reader reader{.origin = origin};
    const int steps = reader.Number(json.at("steps"), "steps", 1, kLargest);
    const int blocks = reader.Number(json.at("blocks"), "blocks", 1, kLargest);
    const auto rows = reader.Rows<int>(json, "cells", kComputed);
    SlotLayout layout{
        .writes = reader.Rows<uint16_t>(json, "writes", 0),
        .orders = reader.Numbers<uint8_t>(json.at("orders"), "orders", 0, kLargestOrder)};
    if (layout.writes.size() != static_cast<size_t>(blocks) ||
        rows.size() != static_cast<size_t>(steps)) {
      throw FileError(
          "{}: writes of {} blocks and cells of {} steps in a plan of {} steps x {} blocks", origin,
          layout.writes.size(), rows.size(), steps, blocks);
    }
    for (const std::vector<int>& row : rows) {
      if (row.size() == static_cast<size_t>(blocks)) continue;
      throw FileError("{}: step {} has {} cells, not {}", origin, &row - rows.data(), row.size(),
                      blocks);
    }
    Plan plan(steps, blocks);
    plan.SetLayout(std::move(layout));
    FillCells(rows, origin, plan);
    plan.SetIdle(ReadIdle(json, origin));
    plan.SetProbes(reader.Numbers<int>(json.at("probes"), "probes", 0, blocks - 1));
    return plan;
  } catch (const nlohmann::json::exception& error) {
    throw FileError("{}: no plan file ({})", origin, error.what());
  }
}

Plan ReadPlan(const std::filesystem::path& path) {
  Plan plan = PlanFromJson(ParseStrictJson(ReadFile(path), path.string()), path.string());
  try {
    plan.Validate();
  } catch (const Error& error) {
    throw FileError("{}: {}", path.string(), error.what());
  }
  return plan;
}

}  // namespace sagbench
