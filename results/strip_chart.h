#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace sagbench {

// The samples of one run.
struct Strip {
  size_t run = 0;               // its place in the report; its label is one more
  std::string name;             // what it is
  std::vector<double> samples;  // above 0, at least one
};

struct StripChart {
  std::string name;   // of the figure, for machines: "latency"
  std::string title;  // for those who cannot see it
  std::string label, unit;
  std::vector<Strip> strips;
  double deadline = 0.0;  // marked where it is above 0
};

// A picture (SVG) with a logarithmic axis: of each run its samples as dots (evenly chosen ones
// where there are more than 200), a box from the first to the third quartile with the median in
// it, and a line to the 1st and the 99th percentile. Each strip carries its figures as attributes:
// data-run, data-median, data-p90, data-p99, data-max.
std::string StripSvg(const StripChart& chart);

}  // namespace sagbench
