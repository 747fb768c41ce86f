#include "results/strip_chart.h"

#include <algorithm>

#include <fmt/core.h>

#include "results/chart_axis.h"
#include "results/html.h"
#include "results/statistics.h"
#include "results/text_table.h"

namespace sagbench {
namespace {

// Units of the drawing, which is as wide as a phone.
constexpr double kWidth = 360.0, kLeft = 10.0, kRight = 350.0;
constexpr double kTop = 8.0, kRow = 44.0, kBottom = 46.0;
constexpr double kMiddle = 29.0, kHalfBox = 6.0;  // of a row
constexpr size_t kMostDots = 200;

std::vector<double> Chosen(std::vector<double> samples) {
  if (samples.size() <= kMostDots) return samples;
  std::vector<double> chosen;
  for (size_t i = 0; i < kMostDots; ++i) {
    chosen.push_back(Quantile(samples, static_cast<double>(i) / (kMostDots - 1)));
  }
  return chosen;
}

// As one path of dots, spread over the height of the box so that they can be told apart.
std::string Dots(const Strip& strip, const ChartAxis& axis, double middle) {
  std::string path;
  size_t i = 0;
  for (const double sample : Chosen(strip.samples)) {
    const double offset = static_cast<double>(i++ * 5 % 11) - 5.0;
    path += fmt::format("M{} {}h0", Coordinate(axis.At(sample)), Coordinate(middle + offset));
  }
  return fmt::format("<path class=\"dots\" d=\"{}\"/>", path);
}

std::string Box(const Strip& strip, const ChartAxis& axis, double middle) {
  const auto at = [&](double q) { return Coordinate(axis.At(Quantile(strip.samples, q))); };
  const double low = axis.At(Quantile(strip.samples, 0.25));
  const double high = axis.At(Quantile(strip.samples, 0.75));
  return fmt::format(
      "<line class=\"whisker\" x1=\"{0}\" y1=\"{1}\" x2=\"{2}\" y2=\"{1}\"/>"
      "<rect class=\"box\" x=\"{3}\" y=\"{4}\" width=\"{5}\" height=\"{6}\"/>"
      "<line class=\"median\" x1=\"{7}\" y1=\"{8}\" x2=\"{7}\" y2=\"{9}\"/>",
      at(0.01), Coordinate(middle), at(0.99), Coordinate(low), Coordinate(middle - kHalfBox),
      Coordinate(std::max(1.0, high - low)), 2 * kHalfBox, at(0.5),
      Coordinate(middle - kHalfBox - 2), Coordinate(middle + kHalfBox + 2));
}

std::string Row(const Strip& strip, const std::string& unit, const ChartAxis& axis, double top) {
  const auto q = [&strip](double share) { return Quantile(strip.samples, share); };
  const std::string name = fmt::format("{} {}", strip.run + 1, strip.name);
  const std::string figures =
      fmt::format("median {} {}, 99 % within {} {}, slowest {} {}", FourDigits(q(0.5)), unit,
                  FourDigits(q(0.99)), unit, FourDigits(q(1.0)), unit);
  return fmt::format(
             "<g class=\"point\" tabindex=\"0\" role=\"img\" aria-label=\"{0}: {1}\" "
             "data-run=\"{2}\" data-median=\"{3}\" data-p90=\"{4}\" data-p99=\"{5}\" "
             "data-max=\"{6}\"><title>{0}: {1}</title>",
             HtmlEscaped(name), HtmlEscaped(figures), strip.run, ExactNumber(q(0.5)),
             ExactNumber(q(0.9)), ExactNumber(q(0.99)), ExactNumber(q(1.0))) +
         fmt::format(
             "<text class=\"row\" x=\"{}\" y=\"{}\"><tspan class=\"number\">{}</tspan> {}"
             "<tspan class=\"figure\"> {} {}</tspan></text>",
             Coordinate(kLeft), Coordinate(top + 14), strip.run + 1, HtmlEscaped(strip.name),
             FourDigits(q(0.5)), HtmlEscaped(unit)) +
         Dots(strip, axis, top + kMiddle) + Box(strip, axis, top + kMiddle) + "</g>";
}

std::string Axis(const StripChart& chart, const ChartAxis& axis, double bottom) {
  std::string svg;
  for (const double tick : Ticks(axis)) {
    const std::string x = Coordinate(axis.At(tick));
    svg += fmt::format(
        "<line class=\"grid\" x1=\"{0}\" y1=\"{1}\" x2=\"{0}\" y2=\"{2}\"/>"
        "<text class=\"tick middle\" x=\"{0}\" y=\"{3}\">{4}</text>",
        x, Coordinate(kTop), Coordinate(bottom), Coordinate(bottom + 16), TickLabel(tick));
  }
  if (chart.deadline > axis.low && chart.deadline < axis.high) {
    svg += fmt::format("<line class=\"deadline\" x1=\"{0}\" y1=\"{1}\" x2=\"{0}\" y2=\"{2}\"/>",
                       Coordinate(axis.At(chart.deadline)), Coordinate(kTop), Coordinate(bottom));
  }
  return svg + fmt::format(
                   "<text class=\"axis middle\" x=\"{}\" y=\"{}\">{} ({}, log scale)"
                   "</text>",
                   Coordinate((kLeft + kRight) / 2), Coordinate(bottom + 36),
                   HtmlEscaped(chart.label), HtmlEscaped(chart.unit));
}

}  // namespace

std::string StripSvg(const StripChart& chart) {
  std::vector<double> all;
  for (const Strip& strip : chart.strips) {
    all.insert(all.end(), strip.samples.begin(), strip.samples.end());
  }
  const ChartAxis axis = LogAxis(all, kLeft, kRight);
  const double bottom = kTop + kRow * static_cast<double>(chart.strips.size());
  std::string svg = fmt::format(
      "<svg class=\"chart\" viewBox=\"0 0 {} {}\" role=\"group\" aria-label=\"{}\" "
      "data-chart=\"{}\">",
      Coordinate(kWidth), Coordinate(bottom + kBottom), HtmlEscaped(chart.title), chart.name);
  svg += Axis(chart, axis, bottom);
  for (size_t i = 0; i < chart.strips.size(); ++i) {
    svg += Row(chart.strips[i], chart.unit, axis, kTop + kRow * static_cast<double>(i));
  }
  return svg + "</svg>";
}

}  // namespace sagbench
