#pragma once

#include <filesystem>

#include "results/report.h"

namespace sagbench {

// Writes report.json and report.md into a run folder. Throws Error (environment).
void WriteReportFiles(const std::filesystem::path& folder, const Report& report);

}  // namespace sagbench
