#include "schedulers/plan_view.h"

#include <gtest/gtest.h>

#include "policies/flops.h"
#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

class PlanView : public testing::Test {
 protected:
  PlanView() : blocks_(ListBlocks(TinyConfig(), false)), plan_(2, 6) {
    plan_.SetLayout(SlotPerBlock(6));
    plan_.at(1, 0) = {.compute = false, .slot = 0};  // SA0
    plan_.at(1, 5) = {.compute = false, .slot = 5};  // FF1
  }

  std::vector<BlockInfo> blocks_;
  std::vector<int> timesteps_ = {50, 0};
  Plan plan_;
};

TEST_F(PlanView, TheMapSetsKindsApart) {
  EXPECT_EQ(PlanText(plan_, timesteps_, blocks_),
            "    t  SA  CA  FF\n"
            "   50  ##  ##  ##\n"
            "    0  .#  ##  #.\n"
            "computed 10 of 12 cells (16.7 % reused)\n");
}

TEST_F(PlanView, ThePictureHasARectangleACell) {
  const std::string svg = PlanSvg(plan_, timesteps_, blocks_, "a<b & c");
  size_t rectangles = 0;
  for (size_t at = svg.find("<rect x"); at != std::string::npos; at = svg.find("<rect x", at + 1)) {
    ++rectangles;
  }
  EXPECT_EQ(rectangles, 12U);
  EXPECT_NE(svg.find("a&lt;b &amp; c"), std::string::npos);
  EXPECT_EQ(svg.rfind("</svg>\n"), svg.size() - 7);
}

TEST_F(PlanView, DifferentCellsAreCounted) {
  Plan other = plan_;
  EXPECT_EQ(ShareOfDifferentCells(plan_, other), 0.0);
  other.at(1, 0) = {};
  other.at(1, 5) = {.compute = false, .slot = 4};
  other.at(1, 1) = {.compute = true, .slot = 3};  // a computed cell has no slot
  EXPECT_DOUBLE_EQ(ShareOfDifferentCells(plan_, other), 2.0 / 12.0);
}

}  // namespace
}  // namespace sagbench
