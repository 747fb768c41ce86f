#pragma once

#include <string>
#include <vector>

namespace sagbench {

// An axis of a chart: where a value lies, and which values are marked.
struct ChartAxis {
  double low = 0.0, high = 1.0;  // values at its ends, low < high
  double from = 0.0, to = 1.0;   // their places in the drawing
  bool logarithmic = false;

  double At(double value) const;  // the place; values beyond the ends are put there
};

// Logarithmic, from just below the smallest to just above the largest of `values` (those above 0;
// 1 to 10 without any).
ChartAxis LogAxis(const std::vector<double>& values, double from, double to);

// From the tens at or below the smallest to those at or above the largest of `shares`, 0..1, in
// between at least 20 points.
ChartAxis ShareAxis(const std::vector<double>& shares, double from, double to);

// Two to eight round values between the ends: 1, 2 or 5 times a power of ten.
std::vector<double> Ticks(const ChartAxis& axis);

// "0.5", "20", "1500": without trailing zeros.
std::string TickLabel(double value);

}  // namespace sagbench
