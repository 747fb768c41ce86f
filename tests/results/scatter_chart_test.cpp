#include "results/scatter_chart.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "tests/results/text.h"

namespace sagbench {
namespace {

ScatterChart SampleChart() {
  return {.name = "success-latency",
          .title = "Success <b>",
          .cost_label = "time",
          .unit = "ms",
          .rate_label = "success",
          .points = {{.run = 0,
                      .name = "dense",
                      .is_square = true,
                      .cost = 600.0,
                      .rate = 0.75,
                      .cost_interval = Interval{590.0, 610.0},
                      .rate_interval = Interval{0.5, 0.875}},
                     {.run = 2, .name = "a & b", .cost = 60.0, .rate = 0.5},
                     {.run = 3, .name = "worse", .cost = 80.0, .rate = 0.25}}};
}

TEST(ScatterChart, MarkersCarryTheirFigures) {
  const std::string svg = ScatterSvg(SampleChart());
  EXPECT_EQ(Count(svg, "class=\"point\""), 3U);
  EXPECT_TRUE(Has(svg,
                  "data-run=\"0\" data-frontier=\"yes\" data-cost=\"600\" data-rate=\"0.75\" "
                  "data-cost-low=\"590\" data-cost-high=\"610\" data-rate-low=\"0.5\" "
                  "data-rate-high=\"0.875\""))
      << svg;
  EXPECT_TRUE(Has(svg, "data-run=\"3\" data-frontier=\"no\" data-cost=\"80\" data-rate=\"0.25\">"));
  EXPECT_TRUE(Has(svg, "<title>1 dense: 75.0 % [50, 88] at 600.0 ms [590.0, 610.0]</title>"));
  EXPECT_EQ(Count(svg, "class=\"interval\""), 2U);
  EXPECT_EQ(Count(svg, "<rect class=\"mark best\""), 1U);
  EXPECT_EQ(Count(svg, "<circle class=\"mark best\""), 1U);
  EXPECT_EQ(Count(svg, "<circle class=\"mark\""), 1U);
  EXPECT_EQ(Count(svg, "class=\"frontier\""), 1U);
}

TEST(ScatterChart, TextIsEscaped) {
  const std::string svg = ScatterSvg(SampleChart());
  EXPECT_TRUE(Has(svg, "Success &lt;b&gt;"));
  EXPECT_TRUE(Has(svg, "3 a &amp; b"));
  EXPECT_FALSE(Has(svg, "<b>"));
}

TEST(ScatterChart, LabelsOfEqualRunsStandApart) {
  ScatterChart chart = SampleChart();
  chart.points.assign(6, {.run = 4, .name = "same", .cost = 60.0, .rate = 0.5});
  const std::string svg = ScatterSvg(chart);
  std::vector<std::string> places;
  for (size_t at = svg.find("class=\"label middle\""); at != std::string::npos;
       at = svg.find("class=\"label middle\"", at + 1)) {
    places.push_back(svg.substr(at, svg.find('>', at) - at));
  }
  ASSERT_EQ(places.size(), 6U);
  std::sort(places.begin(), places.end());
  EXPECT_EQ(std::unique(places.begin(), places.end()), places.end());
}

TEST(ScatterChart, StandsWithoutPoints) {
  EXPECT_TRUE(Has(ScatterSvg({}), "</svg>"));
}

}  // namespace
}  // namespace sagbench
