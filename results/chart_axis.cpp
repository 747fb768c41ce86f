#include "results/chart_axis.h"

#include <algorithm>
#include <cmath>

#include <fmt/core.h>

namespace sagbench {
namespace {

constexpr double kMargin = 1.12;  // beyond the outermost values of a logarithmic axis
constexpr size_t kMostTicks = 8;

// Multiples of powers of ten between the ends.
std::vector<double> LogTicks(const ChartAxis& axis, const std::vector<double>& multiples) {
  std::vector<double> ticks;
  const int first = static_cast<int>(std::floor(std::log10(axis.low)));
  const int last = static_cast<int>(std::ceil(std::log10(axis.high)));
  for (int power = first; power <= last; ++power) {
    for (const double multiple : multiples) {
      const double tick = multiple * std::pow(10.0, power);
      if (tick >= axis.low && tick <= axis.high) ticks.push_back(tick);
    }
  }
  return ticks;
}

std::vector<double> LinearTicks(const ChartAxis& axis) {
  const double rough = (axis.high - axis.low) / 5.0;
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  double step = 10.0 * power;
  for (const double multiple : {1.0, 2.0, 5.0}) {
    if (multiple * power >= rough * 0.999) {
      step = multiple * power;
      break;
    }
  }
  std::vector<double> ticks;
  const auto first = static_cast<int>(std::ceil(axis.low / step - 1e-9));
  for (int i = first; i * step <= axis.high + 1e-9 * step; ++i) ticks.push_back(i * step);
  return ticks;
}

}  // namespace

double ChartAxis::At(double value) const {
  const double inside = std::clamp(value, low, high);
  const double share =
      logarithmic ? std::log(inside / low) / std::log(high / low) : (inside - low) / (high - low);
  return from + share * (to - from);
}

ChartAxis LogAxis(const std::vector<double>& values, double from, double to) {
  ChartAxis axis{.low = 0.0, .high = 0.0, .from = from, .to = to, .logarithmic = true};
  for (const double value : values) {
    if (!(value > 0.0) || !std::isfinite(value)) continue;
    axis.low = axis.low > 0.0 ? std::min(axis.low, value) : value;
    axis.high = std::max(axis.high, value);
  }
  if (axis.low <= 0.0)
    return {.low = 1.0, .high = 10.0, .from = from, .to = to, .logarithmic = true};
  axis.low /= kMargin;
  axis.high *= kMargin;
  if (axis.high / axis.low < 2.5) {  // so that there is a round value in it
    const double middle = std::sqrt(axis.high * axis.low);
    axis.low = middle / 1.6;
    axis.high = middle * 1.6;
  }
  return axis;
}

ChartAxis ShareAxis(const std::vector<double>& shares, double from, double to) {
  double low = 1.0;
  double high = 0.0;
  for (const double share : shares) {
    low = std::min(low, share);
    high = std::max(high, share);
  }
  if (shares.empty()) std::swap(low, high);
  low = std::clamp(std::floor(10.0 * low + 1e-9) / 10.0, 0.0, 0.8);
  high = std::clamp(std::ceil(10.0 * high - 1e-9) / 10.0, low + 0.2, 1.0);
  return {.low = low, .high = high, .from = from, .to = to};
}

std::vector<double> Ticks(const ChartAxis& axis) {
  if (!axis.logarithmic) return LinearTicks(axis);
  for (const std::vector<double>& multiples :
       {std::vector<double>{1.0, 2.0, 5.0}, std::vector<double>{1.0, 3.0}}) {
    std::vector<double> ticks = LogTicks(axis, multiples);
    if (ticks.size() <= kMostTicks) return ticks;
  }
  return LogTicks(axis, {1.0});
}

std::string TickLabel(double value) {
  return fmt::format("{:.4g}", value);
}

}  // namespace sagbench
