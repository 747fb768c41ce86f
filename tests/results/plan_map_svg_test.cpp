#include "results/plan_map_svg.h"

#include <gtest/gtest.h>

#include "tests/results/sample_plan_map.h"
#include "tests/results/text.h"

namespace sagbench {
namespace {

TEST(PlanMapSvg, RunsOfStepsAreStrokesByShare) {
  const std::string svg = PlanMapSvg(SamplePlanMap(), "a & b");
  EXPECT_TRUE(Has(svg, "data-steps=\"3\" data-blocks=\"4\" data-mean=\"0.5\""));
  EXPECT_TRUE(Has(svg, "aria-label=\"a &amp; b\""));
  // Top to bottom SA0, SA1, FF0, FF1; a gap of 5/7 of a cell between the kinds.
  EXPECT_TRUE(Has(svg, "data-order=\"0,2,1,3\""));
  EXPECT_TRUE(Has(svg, "data-share=\"0.5\" stroke-opacity=\"0.540\" d=\"M1 0.5h2\"")) << svg;
  EXPECT_TRUE(Has(svg, "d=\"M0 0.5h1M0 1.5h1M0 3.2h1M0 4.2h2\"")) << svg;
  EXPECT_TRUE(Has(svg, ">SA</text>"));
  EXPECT_TRUE(Has(svg, "step 3: actions"));
}

TEST(PlanMapSvg, BlocksWithoutNamesStandInTheirOrder) {
  PlanMap map = SamplePlanMap();
  map.block_names.clear();
  EXPECT_TRUE(Has(PlanMapSvg(map, ""), "data-order=\"0,1,2,3\""));
}

TEST(PlanMapSvg, AReplanIsASmallMap) {
  const PlanMap map = SamplePlanMap();
  const std::string svg = ReplanSvg(map, map.replans[0], "replan 1");
  EXPECT_TRUE(Has(svg, "viewBox=\"0 0 3 4\""));
  EXPECT_TRUE(Has(svg, "d=\"M0 0.5h2M0 1.5h1M0 2.5h1M0 3.5h2\"")) << svg;
  EXPECT_FALSE(Has(svg, "<text"));
}

}  // namespace
}  // namespace sagbench
