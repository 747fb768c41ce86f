#pragma once

#include <string>
#include <string_view>

namespace sagbench {

// The text as HTML or SVG shows it, also between double quotes: '&', '<', '>', '"' and '\'' are
// escaped, control characters other than line breaks and tabs become spaces.
std::string HtmlEscaped(std::string_view text);

// A number for an attribute, with all its digits: "0.7".
std::string ExactNumber(double value);

// A coordinate or size, to a tenth: "12.5", "40".
std::string Coordinate(double value);

}  // namespace sagbench
