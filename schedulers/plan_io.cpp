#include "schedulers/plan_io.h"

#include <vector>

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/files.h"
#include "core/strict_json.h"

namespace sagbench {
namespace {

constexpr int kFormat = 1;
constexpr int kComputed = -1;
constexpr int kLargest = 65535;  // steps, blocks, slots

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

int Size(const nlohmann::json& json, const char* key, const std::string& origin) {
  const int value = json.at(key).get<int>();
  if (value < 1 || value > kLargest) {
    throw FileError("{}: {} is {}: valid are 1 to {}", origin, key, value, kLargest);
  }
  return value;
}

void FillCells(const std::vector<std::vector<int>>& rows, const std::string& origin, Plan& plan) {
  for (int step = 0; step < plan.steps(); ++step) {
    if (rows[step].size() != static_cast<size_t>(plan.blocks())) {
      throw FileError("{}: step {} has {} cells, not {}", origin, step, rows[step].size(),
                      plan.blocks());
    }
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

}  // namespace

nlohmann::json ToJson(const Plan& plan) {
  return {{"format", kFormat},
          {"steps", plan.steps()},
          {"blocks", plan.blocks()},
          {"orders", std::vector<int>(plan.layout().orders.begin(), plan.layout().orders.end())},
          {"writes", plan.layout().writes},
          {"probes", plan.probes()},
          {"cells", CellRows(plan)}};
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
    if (json.at("format").get<int>() != kFormat) {
      throw FileError("{}: plan format {} is unknown: valid is {}", origin,
                      json.at("format").dump(), kFormat);
    }
    Plan plan(Size(json, "steps", origin), Size(json, "blocks", origin));
    SlotLayout layout{.writes = json.at("writes").get<std::vector<std::vector<uint16_t>>>(),
                      .orders = json.at("orders").get<std::vector<uint8_t>>()};
    const auto rows = json.at("cells").get<std::vector<std::vector<int>>>();
    if (layout.writes.size() != static_cast<size_t>(plan.blocks()) ||
        rows.size() != static_cast<size_t>(plan.steps())) {
      throw FileError(
          "{}: writes of {} blocks and cells of {} steps in a plan of {} steps x {} "
          "blocks",
          origin, layout.writes.size(), rows.size(), plan.steps(), plan.blocks());
    }
    plan.SetLayout(std::move(layout));
    FillCells(rows, origin, plan);
    plan.SetProbes(json.at("probes").get<std::vector<int>>());
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
