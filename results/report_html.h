#pragma once

#include <string>

#include "results/report.h"

namespace sagbench {

// The report as one HTML page that needs nothing else: no network, no scripts, no fonts. It holds
// the tables of the Markdown report, pictures (results/report_figures.h), every figure of
// report.json with all its digits (cells with data-run and data-key), warnings and context.
std::string ReportHtml(const Report& report);

}  // namespace sagbench
