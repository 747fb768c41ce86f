#include "results/scatter_chart.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/core.h>

#include "results/chart_axis.h"
#include "results/html.h"
#include "results/pareto.h"
#include "results/text_table.h"

namespace sagbench {
namespace {

// Units of the drawing, which is as wide as a phone.
constexpr double kWidth = 360.0, kHeight = 316.0;
constexpr double kLeft = 46.0, kRight = 348.0, kTop = 42.0, kBottom = 262.0;
constexpr double kMarker = 4.5;  // half its width
constexpr double kLetter = 6.5, kLine = 11.0;

struct Box {
  double x0, y0, x1, y1;
  bool Overlaps(const Box& other) const {
    return x0 < other.x1 && other.x0 < x1 && y0 < other.y1 && other.y0 < y1;
  }
};

std::string Line(const char* css, double x0, double y0, double x1, double y1) {
  return fmt::format("<line class=\"{}\" x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"/>", css,
                     Coordinate(x0), Coordinate(y0), Coordinate(x1), Coordinate(y1));
}

std::string Text(const char* css, double x, double y, const std::string& text) {
  return fmt::format("<text class=\"{}\" x=\"{}\" y=\"{}\">{}</text>", css, Coordinate(x),
                     Coordinate(y), HtmlEscaped(text));
}

std::string Attribute(const char* name, double value) {
  return fmt::format(" data-{}=\"{}\"", name, ExactNumber(value));
}

std::string Attributes(const char* name, const std::optional<Interval>& interval) {
  if (!interval) return "";
  return Attribute(fmt::format("{}-low", name).c_str(), interval->lo) +
         Attribute(fmt::format("{}-high", name).c_str(), interval->hi);
}

// One drawing in progress.
class Drawing {
 public:
  explicit Drawing(const ScatterChart& chart) : chart_(chart) {
    std::vector<double> costs;
    std::vector<double> rates;
    for (const ScatterPoint& point : chart.points) {
      costs.push_back(point.cost);
      rates.push_back(point.rate);
      if (point.cost_interval) costs.push_back(point.cost_interval->lo);
      if (point.cost_interval) costs.push_back(point.cost_interval->hi);
      if (point.rate_interval) rates.push_back(point.rate_interval->lo);
      if (point.rate_interval) rates.push_back(point.rate_interval->hi);
    }
    x_ = LogAxis(costs, kLeft, kRight);
    y_ = ShareAxis(rates, kBottom, kTop);
    std::vector<CostAndGain> values;
    for (const ScatterPoint& point : chart.points) values.push_back({point.cost, point.rate});
    frontier_ = ParetoFrontier(values);
    PlaceLabels();
  }

  std::string Svg() const {
    std::string svg = fmt::format(
        "<svg class=\"chart\" viewBox=\"0 0 {} {}\" role=\"group\" aria-label=\"{}\" "
        "data-chart=\"{}\">",
        Coordinate(kWidth), Coordinate(kHeight), HtmlEscaped(chart_.title), chart_.name);
    svg += Axes() + Frontier();
    for (size_t i = 0; i < chart_.points.size(); ++i) svg += Intervals(chart_.points[i]);
    for (size_t i = 0; i < chart_.points.size(); ++i) svg += Point(i);
    return svg + "</svg>";
  }

 private:
  std::string Axes() const {
    std::string svg;
    for (const double tick : Ticks(y_)) {
      svg += Line("grid", kLeft, y_.At(tick), kRight, y_.At(tick));
      svg += Text("tick end", kLeft - 6, y_.At(tick) + 4, TickLabel(100.0 * tick));
    }
    for (const double tick : Ticks(x_)) {
      svg += Line("grid", x_.At(tick), kTop, x_.At(tick), kBottom);
      svg += Text("tick middle", x_.At(tick), kBottom + 16, TickLabel(tick));
    }
    svg += Text("axis middle", (kLeft + kRight) / 2, kBottom + 36,
                chart_.cost_label + " (" + chart_.unit + ", log scale)");
    svg += fmt::format(
        "<text class=\"axis middle\" transform=\"translate(12 {}) rotate(-90)\">{} (%)</text>",
        Coordinate((kTop + kBottom) / 2), HtmlEscaped(chart_.rate_label));
    return svg;
  }

  // A staircase: from each run of the frontier to the next, what is had for less than the next.
  std::string Frontier() const {
    std::string path;
    for (const size_t i : frontier_) {
      const ScatterPoint& point = chart_.points[i];
      const std::string x = Coordinate(x_.At(point.cost));
      const std::string y = Coordinate(y_.At(point.rate));
      path += path.empty() ? "M" + x + " " + y : "H" + x + "V" + y;
    }
    if (path.empty()) return "";
    return fmt::format("<path class=\"frontier\" d=\"{}H{}\"/>", path, Coordinate(kRight));
  }

  std::string Intervals(const ScatterPoint& point) const {
    const double x = x_.At(point.cost);
    const double y = y_.At(point.rate);
    std::string svg;
    if (const auto& rate = point.rate_interval) {
      svg += Line("interval", x, y_.At(rate->lo), x, y_.At(rate->hi));
    }
    if (const auto& cost = point.cost_interval) {
      svg += Line("interval", x_.At(cost->lo), y, x_.At(cost->hi), y);
    }
    return svg;
  }

  bool IsOnFrontier(size_t i) const {
    return std::find(frontier_.begin(), frontier_.end(), i) != frontier_.end();
  }

  std::string Marker(size_t i) const {
    const ScatterPoint& point = chart_.points[i];
    const double x = x_.At(point.cost);
    const double y = y_.At(point.rate);
    const char* css = IsOnFrontier(i) ? "mark best" : "mark";
    if (point.is_square) {
      return fmt::format("<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>", css,
                         Coordinate(x - kMarker), Coordinate(y - kMarker), 2 * kMarker,
                         2 * kMarker);
    }
    return fmt::format("<circle class=\"{}\" cx=\"{}\" cy=\"{}\" r=\"{}\"/>", css, Coordinate(x),
                       Coordinate(y), kMarker);
  }

  std::string Figures(const ScatterPoint& point) const {
    std::string text = fmt::format("{:.1f} %", 100.0 * point.rate);
    if (const auto& rate = point.rate_interval) {
      text += fmt::format(" [{:.0f}, {:.0f}]", 100.0 * rate->lo, 100.0 * rate->hi);
    }
    text += fmt::format(" at {} {}", FourDigits(point.cost), chart_.unit);
    if (const auto& cost = point.cost_interval) {
      text += fmt::format(" [{}, {}]", FourDigits(cost->lo), FourDigits(cost->hi));
    }
    return text;
  }

  std::string Point(size_t i) const {
    const ScatterPoint& point = chart_.points[i];
    const std::string name = fmt::format("{} {}", point.run + 1, point.name);
    const std::string figures = Figures(point);
    const Box& label = labels_[i];
    return fmt::format(
               "<g class=\"point\" tabindex=\"0\" role=\"img\" aria-label=\"{0}: {1}\" "
               "data-run=\"{2}\" data-frontier=\"{3}\"",
               HtmlEscaped(name), HtmlEscaped(figures), point.run, IsOnFrontier(i) ? "yes" : "no") +
           Attribute("cost", point.cost) + Attribute("rate", point.rate) +
           Attributes("cost", point.cost_interval) + Attributes("rate", point.rate_interval) + ">" +
           "<title>" + HtmlEscaped(name + ": " + figures) + "</title>" + Marker(i) +
           Text("label middle", (label.x0 + label.x1) / 2, label.y1 - 2,
                std::to_string(point.run + 1)) +
           Text("tip", 4, 13, name) + Text("tip", 4, 28, figures) + "</g>";
  }

  // Beside each marker, where no other label or marker is, as far as there is such a place.
  void PlaceLabels() {
    std::vector<Box> taken;
    for (const ScatterPoint& point : chart_.points) {
      const double x = x_.At(point.cost);
      const double y = y_.At(point.rate);
      taken.push_back({x - kMarker, y - kMarker, x + kMarker, y + kMarker});
    }
    for (const ScatterPoint& point : chart_.points) {
      labels_.push_back(FreePlace(point, taken));
      taken.push_back(labels_.back());
    }
  }

  Box FreePlace(const ScatterPoint& point, const std::vector<Box>& taken) const {
    const double width = kLetter * static_cast<double>(std::to_string(point.run + 1).size()) + 2;
    for (const double distance : {6.0, 18.0, 30.0, 42.0}) {
      for (const auto& [dx, dy] : kDirections) {
        const double x = x_.At(point.cost) + dx * (distance + width / 2);
        const double y = y_.At(point.rate) + dy * (distance + kLine / 2);
        const Box box{x - width / 2, y - kLine / 2, x + width / 2, y + kLine / 2};
        const auto overlaps = [&box](const Box& other) { return box.Overlaps(other); };
        const bool inside =
            box.x0 > kLeft && box.x1 < kWidth && box.y0 > kTop - kLine && box.y1 < kBottom;
        if (inside && std::none_of(taken.begin(), taken.end(), overlaps)) return box;
      }
    }
    const double x = x_.At(point.cost);
    const double y = y_.At(point.rate);
    return {x - width / 2, y - kMarker - kLine, x + width / 2, y - kMarker};
  }

  static constexpr std::array<std::pair<double, double>, 8> kDirections = {
      {{0.9, -0.6}, {0.9, 0.6}, {-0.9, -0.6}, {-0.9, 0.6}, {0, -1}, {0, 1}, {1, 0}, {-1, 0}}};

  const ScatterChart& chart_;
  ChartAxis x_, y_;
  std::vector<size_t> frontier_;
  std::vector<Box> labels_;
};

}  // namespace

std::string ScatterSvg(const ScatterChart& chart) {
  return Drawing(chart).Svg();
}

}  // namespace sagbench
