#include "results/html.h"

#include <fmt/core.h>

namespace sagbench {
namespace {

std::string Escaped(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      break;
  }
  const auto code = static_cast<unsigned char>(c);
  const bool is_control = (code < 0x20 && c != '\n' && c != '\t') || code == 0x7f;
  return std::string(1, is_control ? ' ' : c);
}

}  // namespace

std::string HtmlEscaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) escaped += Escaped(c);
  return escaped;
}

std::string ExactNumber(double value) {
  return fmt::format("{}", value);
}

std::string Coordinate(double value) {
  std::string text = fmt::format("{:.1f}", value);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text == "-0" ? "0" : text;
}

}  // namespace sagbench
