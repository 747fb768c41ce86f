#pragma once

#include <string>
#include <vector>

namespace sagbench {

// A column of a table: header, and one cell a row.
struct TextColumn {
  std::string header;
  bool is_number = false;  // aligned to the right
  std::vector<std::string> cells;
};

// A Markdown table with padded cells, readable as it stands; an empty cell is shown as '-', '|' is
// escaped. Columns must have equally many cells. Empty without columns.
std::string RenderTable(const std::vector<TextColumn>& columns);

// Characters of each of its lines, without the line break.
size_t TableWidth(const std::vector<TextColumn>& columns);

// Four significant digits without an exponent: "1234", "41.23", "0.0412"; "-" if not finite.
std::string FourDigits(double value);

}  // namespace sagbench
