#pragma once

#include <string>
#include <utility>
#include <vector>

#include "results/report.h"
#include "results/report_columns.h"
#include "results/text_table.h"

namespace sagbench {

// What the Markdown and the HTML report share.

// A column of runs that has a figure in one of them, and what it is.
struct FigureColumn {
  TextColumn column;
  std::string note;
};

// Those of `rules` that have a figure.
std::vector<FigureColumn> FigureColumns(const std::vector<ColumnRule>& rules,
                                        const std::vector<RunReport>& runs);

// The columns that tell the runs apart; the scheduler is one in any case.
std::vector<TextColumn> VaryingNames(const std::vector<RunReport>& runs);

// "task pusht, sampler ddpm, ..." of what all runs share.
std::string CommonNames(const std::vector<RunReport>& runs);

// Where and how the numbers were made, as name and value; what is not known is left out.
std::vector<std::pair<std::string, std::string>> ContextItems(const Context& context);

// Whether the success rates have exact intervals.
bool IsExact(const Report& report);

// What a baseline and a cell are: a sentence for the reader of the tables.
std::string TermsSentence();

}  // namespace sagbench
