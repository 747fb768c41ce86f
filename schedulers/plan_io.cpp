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

int Size(const nlohmann::json& json, const char* key, const std::string& origin) {
  const int value = json.at(key).get<int>();
  if (value < 1 || value > kLargest) {
    throw FileError("{}: {} is {}: valid are 1 to {}", origin, key, value, kLargest);
  }
  return value;
}

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

// A whole number from 0 to `most`.
template <class Number>
std::vector<Number> Numbers(const nlohmann::json& list, int most, const std::string& origin) {
  std::vector<Number> numbers;
  for (const nlohmann::json& item : list) {
    const bool whole = item.is_number_integer();
    if (!whole || item.get<double>() < 0 || item.get<double>() > most) {
      throw FileError("{}: {} is no whole number from 0 to {}", origin, item.dump(), most);
    }
    numbers.push_back(item.get<Number>());
  }
  return numbers;
}

SlotLayout LayoutFromJson(const nlohmann::json& json, const std::string& origin) {
  SlotLayout layout;
  for (const nlohmann::json& slots : json.at("writes")) {
    layout.writes.push_back(Numbers<uint16_t>(slots, kLargest, origin));
  }
  layout.orders = Numbers<uint8_t>(json.at("orders"), kLargestOrder, origin);
  return layout;
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
    const int steps = Size(json, "steps", origin), blocks = Size(json, "blocks", origin);
    const auto rows = json.at("cells").get<std::vector<std::vector<int>>>();
    SlotLayout layout = LayoutFromJson(json, origin);
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
    plan.SetProbes(Numbers<int>(json.at("probes"), blocks - 1, origin));
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
