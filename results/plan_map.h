#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "results/report.h"

namespace sagbench {

// {"steps", "blocks", "block_names", "observations", "computed": shares step by step, "replans",
// "replans_seen"}.
nlohmann::ordered_json ToJson(const PlanMap& map);

// Throws Error (bad file), its sentence beginning with `origin`, if a key is missing or of the
// wrong type, or if shares or replans are not of that grid.
PlanMap PlanMapFromJson(const nlohmann::json& json, const std::string& origin);

// Computed cells of a plan in the form of PlanMap::replans.
int64_t ComputedCells(const std::string& plan);

// Share of cells that are computed in one of two such plans of one grid and reused in the other.
double ShareOfChangedCells(const std::string& a, const std::string& b);

// The mean of PlanMap::computed; 0 without cells.
double MeanComputed(const PlanMap& map);

}  // namespace sagbench
