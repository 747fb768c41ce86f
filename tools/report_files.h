#pragma once

#include <filesystem>

#include "results/report.h"

namespace sagbench {

// Writes report.json, report.md, report.csv and report.html into a run folder. Throws Error
// (environment).
void WriteReportFiles(const std::filesystem::path& folder, const Report& report);

}  // namespace sagbench
