#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "results/statistics.h"

namespace sagbench {

// A run in a chart of gain against cost.
struct ScatterPoint {
  size_t run = 0;          // its place in the report; its label is one more
  std::string name;        // what it is, for the text that is shown on focus
  bool is_square = false;  // the baseline
  double cost = 0.0;       // above 0
  double rate = 0.0;       // 0..1
  std::optional<Interval> cost_interval = {}, rate_interval = {};
};

struct ScatterChart {
  std::string name;   // of the figure, for machines: "success-latency"
  std::string title;  // for those who cannot see it
  std::string cost_label, unit;
  std::string rate_label;
  std::vector<ScatterPoint> points;
};

// A picture (SVG) with a logarithmic axis of cost: markers with their intervals, the frontier of
// those that nothing beats in both, and a text a marker that is shown while it has the focus. Each
// marker carries its figures as attributes: data-run, data-cost, data-rate, data-cost-low, ...
std::string ScatterSvg(const ScatterChart& chart);

}  // namespace sagbench
