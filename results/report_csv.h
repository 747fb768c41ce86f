#pragma once

#include <string>
#include <vector>

#include "results/report.h"

namespace sagbench {

// The columns of report.csv, in their order: the same ones whatever was measured. Their names are
// the paths of report.json's figures ("success.rate"); the ends of an interval are ".low" and
// ".high"; params, failures and versions are one column each ("name=value;name=value").
const std::vector<std::string>& CsvColumns();

// A list a run, a text a column, as report.json writes the figure; "" where it is absent.
std::vector<std::vector<std::string>> CsvCells(const Report& report);

// A header and a line a run, as RFC 4180 has it: lines end in CR LF, a field with a comma, a
// quotation mark or a line break stands in quotation marks.
std::string ReportCsv(const Report& report);

}  // namespace sagbench
