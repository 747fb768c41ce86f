#pragma once

#include <functional>
#include <string>
#include <vector>

#include "results/report.h"

namespace sagbench {

// A column that a table of runs may have.
struct ColumnRule {
  std::string header;
  bool is_number = false;
  std::function<std::string(const RunReport&)> cell;  // "" where the run has no such figure
  std::string note;                                   // what the column is, without a full stop
};

std::vector<ColumnRule> NameColumns();  // what a run is
// What it achieved. `exact`: its rate has Clopper and Pearson's interval.
std::vector<ColumnRule> SuccessColumns(bool exact = false);
std::vector<ColumnRule> CostColumns();  // what a chunk cost

}  // namespace sagbench
