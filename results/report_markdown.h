#pragma once

#include <string>

#include "results/report.h"

namespace sagbench {

// The report as Markdown whose tables are aligned, so that it also reads well in a terminal: what
// the runs achieved, what they cost, then what each column means, warnings and context. Of the
// columns that say what a run is, only those that vary are shown; the others stand above the table.
// A table wider than 160 characters is continued in another.
std::string ReportMarkdown(const Report& report);

}  // namespace sagbench
