#include "results/plan_map_svg.h"

#include <algorithm>
#include <map>

#include <fmt/core.h>

#include "results/html.h"
#include "results/plan_map.h"

namespace sagbench {
namespace {

// Units of the drawing, which is as wide as a phone.
constexpr double kWidth = 360.0, kLeft = 30.0, kGrid = 324.0;
constexpr double kCell = 7.0, kGap = 5.0, kTop = 4.0;

// Blocks of one kind, which stand together.
struct Band {
  std::string kind;
  std::vector<int64_t> blocks;
};

// "SA12" is of the kind "SA".
std::string KindOf(const std::string& name) {
  return name.substr(0, name.find_first_of("0123456789"));
}

std::vector<Band> BandsOf(const PlanMap& map) {
  std::vector<Band> bands;
  for (int64_t block = 0; block < map.blocks; ++block) {
    const std::string kind =
        map.block_names.empty() ? "" : KindOf(map.block_names[static_cast<size_t>(block)]);
    auto band = std::find_if(bands.begin(), bands.end(),
                             [&kind](const Band& one) { return one.kind == kind; });
    if (band == bands.end()) band = bands.insert(bands.end(), {kind, {}});
    band->blocks.push_back(block);
  }
  return bands;
}

// Cells of one share as one path: a stroke of a cell's height for each run of steps.
using Strokes = std::map<double, std::string>;

void AddRow(const std::vector<double>& shares, double middle, Strokes* strokes) {
  for (size_t step = 0; step < shares.size();) {
    size_t end = step + 1;
    while (end < shares.size() && shares[end] == shares[step]) ++end;
    if (shares[step] > 0.0) {
      (*strokes)[shares[step]] += fmt::format("M{} {}h{}", step, Coordinate(middle), end - step);
    }
    step = end;
  }
}

std::string Paths(const Strokes& strokes) {
  std::string svg;
  for (const auto& [share, path] : strokes) {
    svg += fmt::format("<path data-share=\"{}\" stroke-opacity=\"{:.3f}\" d=\"{}\"/>",
                       ExactNumber(share), 0.08 + 0.92 * share, path);
  }
  return svg;
}

// Rows of cells of one unit each; `shares[step * blocks + block]`.
struct Grid {
  std::string svg;
  std::string order;    // "0,3,6,..."
  double height = 0.0;  // units
};

Grid MakeGrid(const PlanMap& map, const std::vector<double>& shares, double gap) {
  Grid grid;
  Strokes strokes;
  for (const Band& band : BandsOf(map)) {
    for (const int64_t block : band.blocks) {
      std::vector<double> row;
      for (int64_t step = 0; step < map.steps; ++step) {
        row.push_back(shares[static_cast<size_t>(step * map.blocks + block)]);
      }
      AddRow(row, grid.height + 0.5, &strokes);
      grid.order += fmt::format("{}{}", grid.order.empty() ? "" : ",", block);
      grid.height += 1.0;
    }
    grid.height += gap;
  }
  grid.height -= gap;
  grid.svg = Paths(strokes);
  return grid;
}

std::string Labels(const PlanMap& map) {
  std::string svg;
  double y = kTop;
  for (const Band& band : BandsOf(map)) {
    const double height = kCell * static_cast<double>(band.blocks.size());
    svg += fmt::format("<rect class=\"band\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>",
                       Coordinate(kLeft), Coordinate(y), Coordinate(kGrid), Coordinate(height));
    svg += fmt::format("<text class=\"tick\" x=\"4\" y=\"{}\">{}</text>",
                       Coordinate(y + height / 2 + 4), HtmlEscaped(band.kind));
    y += height + kGap;
  }
  return svg;
}

std::string Steps(const PlanMap& map, double y) {
  const std::string last = map.steps == 1 ? "" : fmt::format("step {}: actions", map.steps);
  return fmt::format(
      "<text class=\"tick\" x=\"{}\" y=\"{}\">step 1: noise</text>"
      "<text class=\"tick end\" x=\"{}\" y=\"{}\">{}</text>",
      Coordinate(kLeft), Coordinate(y), Coordinate(kLeft + kGrid), Coordinate(y), last);
}

std::vector<double> SharesOf(const std::string& plan) {
  std::vector<double> shares;
  for (const char c : plan) {
    if (c != '\n') shares.push_back(c == '#' ? 1.0 : 0.0);
  }
  return shares;
}

}  // namespace

std::string PlanMapSvg(const PlanMap& map, const std::string& title) {
  const Grid grid = MakeGrid(map, map.computed, kGap / kCell);
  const double bottom = kTop + grid.height * kCell;
  return fmt::format(
             "<svg class=\"chart plan\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\" "
             "data-steps=\"{}\" data-blocks=\"{}\" data-mean=\"{}\" data-order=\"{}\">",
             Coordinate(kWidth), Coordinate(bottom + 18), HtmlEscaped(title), map.steps, map.blocks,
             ExactNumber(MeanComputed(map)), grid.order) +
         Labels(map) +
         fmt::format("<g class=\"cells\" transform=\"translate({} {}) scale({:.5f} {})\">{}</g>",
                     Coordinate(kLeft), Coordinate(kTop), kGrid / static_cast<double>(map.steps),
                     Coordinate(kCell), grid.svg) +
         Steps(map, bottom + 14) + "</svg>";
}

std::string ReplanSvg(const PlanMap& map, const std::string& plan, const std::string& title) {
  const Grid grid = MakeGrid(map, SharesOf(plan), 0.0);
  return fmt::format(
      "<svg class=\"replan\" viewBox=\"0 0 {0} {1}\" preserveAspectRatio=\"none\" role=\"img\" "
      "aria-label=\"{2}\"><g class=\"cells\">{3}</g></svg>",
      map.steps, Coordinate(grid.height), HtmlEscaped(title), grid.svg);
}

}  // namespace sagbench
