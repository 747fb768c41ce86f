#pragma once

#include <filesystem>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "schedulers/plan.h"

namespace sagbench {

// A plan as JSON: {"format": 1, "steps", "blocks", "orders": by slot, "writes": slots by block,
// "probes", "cells": a list a step, -1 where the cell is computed, else the slot that it reuses}.
nlohmann::json ToJson(const Plan& plan);

// The text of a plan file: one line a step, so that two files can be compared line by line.
std::string PlanFileText(const Plan& plan);

// Throws Error (bad file), its sentence beginning with `origin`, if a key is missing or of the
// wrong type, or the cells are no grid of steps x blocks.
Plan PlanFromJson(const nlohmann::json& json, const std::string& origin);

// Reads, checks and validates a plan file. Throws Error (bad file).
Plan ReadPlan(const std::filesystem::path& path);

}  // namespace sagbench
