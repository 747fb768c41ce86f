#include "results/strip_chart.h"

#include <gtest/gtest.h>

#include "tests/results/text.h"

namespace sagbench {
namespace {

StripChart SampleChart(std::vector<double> samples) {
  return {.name = "latency",
          .title = "Latency",
          .label = "time",
          .unit = "ms",
          .strips = {{.run = 1, .name = "a & b", .samples = std::move(samples)},
                     {.run = 2, .name = "slow", .samples = {100.0}}}};
}

TEST(StripChart, AStripARunWithItsFigures) {
  const std::string svg = StripSvg(SampleChart({1.0, 2.0, 3.0, 4.0, 10.0}));
  EXPECT_TRUE(Has(svg, "data-run=\"1\" data-median=\"3\" data-p90=\"7.6"));
  EXPECT_TRUE(Has(svg, "data-max=\"10\""));
  EXPECT_TRUE(Has(svg, "2 a &amp; b: median 3.000 ms"));
  EXPECT_TRUE(Has(svg, "data-run=\"2\" data-median=\"100\""));
  EXPECT_EQ(Count(svg, "h0"), 6U);
  EXPECT_EQ(Count(svg, "class=\"box\""), 2U);
}

TEST(StripChart, FewDotsStandForMany) {
  std::vector<double> samples;
  for (int i = 0; i < 5000; ++i) samples.push_back(1.0 + i);
  EXPECT_EQ(Count(StripSvg(SampleChart(samples)), "h0"), 201U);
}

TEST(StripChart, TheDeadlineIsMarkedWhereItIsInSight) {
  StripChart chart = SampleChart({1.0, 2.0});
  EXPECT_FALSE(Has(StripSvg(chart), "class=\"deadline\""));
  chart.deadline = 50.0;
  EXPECT_TRUE(Has(StripSvg(chart), "class=\"deadline\""));
  chart.deadline = 5000.0;
  EXPECT_FALSE(Has(StripSvg(chart), "class=\"deadline\""));
}

}  // namespace
}  // namespace sagbench
