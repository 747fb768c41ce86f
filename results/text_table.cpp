#include "results/text_table.h"

#include <algorithm>
#include <cmath>

#include <fmt/core.h>

namespace sagbench {
namespace {

std::string Cell(const std::string& text) {
  if (text.empty()) return "-";
  std::string escaped;
  for (const char c : text) {
    if (c == '|') escaped += '\\';
    escaped += c == '\n' ? ' ' : c;
  }
  return escaped;
}

size_t Width(const TextColumn& column) {
  size_t width = std::max<size_t>(3, Cell(column.header).size());
  for (const std::string& cell : column.cells) width = std::max(width, Cell(cell).size());
  return width;
}

std::string Padded(const std::string& text, const TextColumn& column) {
  return column.is_number ? fmt::format("| {:>{}} ", Cell(text), Width(column))
                          : fmt::format("| {:<{}} ", Cell(text), Width(column));
}

std::string Rule(const TextColumn& column) {
  const std::string dashes(Width(column) - 1, '-');
  return column.is_number ? "| " + dashes + ": " : "| -" + dashes + " ";
}

}  // namespace

std::string RenderTable(const std::vector<TextColumn>& columns) {
  if (columns.empty()) return "";
  std::string header;
  std::string rule;
  std::vector<std::string> rows(columns.front().cells.size());
  for (const TextColumn& column : columns) {
    header += Padded(column.header, column);
    rule += Rule(column);
    for (size_t i = 0; i < rows.size(); ++i) rows[i] += Padded(column.cells.at(i), column);
  }
  std::string text = header + "|\n" + rule + "|\n";
  for (const std::string& row : rows) text += row + "|\n";
  return text;
}

size_t TableWidth(const std::vector<TextColumn>& columns) {
  size_t width = columns.empty() ? 0 : 1;
  for (const TextColumn& column : columns) width += Width(column) + 3;
  return width;
}

std::string FourDigits(double value) {
  if (!std::isfinite(value)) return "-";
  if (value == 0.0) return "0";
  const int magnitude = static_cast<int>(std::floor(std::log10(std::fabs(value))));
  return fmt::format("{:.{}f}", value, std::clamp(3 - magnitude, 0, 12));
}

}  // namespace sagbench
