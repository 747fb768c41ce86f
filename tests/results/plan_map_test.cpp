#include "results/plan_map.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "tests/results/sample_plan_map.h"

namespace sagbench {
namespace {

TEST(PlanMapTest, ReadsBackWhatWasWritten) {
  PlanMap map = SamplePlanMap();
  for (const bool named : {true, false}) {
    if (!named) map.block_names.clear();
    const nlohmann::json json(ToJson(map));
    EXPECT_EQ(json.contains("block_names"), named);
    const PlanMap again = PlanMapFromJson(json, "here");
    EXPECT_EQ(ToJson(again), ToJson(map));
    EXPECT_EQ(again.computed, map.computed);
    EXPECT_EQ(again.replans, map.replans);
  }
}

TEST(PlanMapTest, WhatIsNoGridIsRefused) {
  const auto refuses = [](const char* pointer, const nlohmann::json& value) {
    nlohmann::json wrong(ToJson(SamplePlanMap()));
    wrong[nlohmann::json::json_pointer(pointer)] = value;
    try {
      PlanMapFromJson(wrong, "line 3");
      ADD_FAILURE() << pointer << " " << value;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::kBadFile);
      EXPECT_EQ(std::string(error.what()).find("line 3: "), 0U) << error.what();
    }
  };
  refuses("/steps", 2);
  refuses("/steps", 0);
  refuses("/steps", int64_t{1} << 62);
  refuses("/blocks", "4");
  refuses("/computed/1", 1.5);
  refuses("/computed/1", "one");
  refuses("/computed", nlohmann::json::array());
  refuses("/replans/1", "####\n...#\n#..\n.");
  refuses("/replans/1", "####\n...#\n#..x\n");
  refuses("/replans/0", 1);
  refuses("/block_names", {"SA0"});
}

TEST(PlanMapTest, CountsCells) {
  const PlanMap map = SamplePlanMap();
  EXPECT_EQ(ComputedCells(map.replans[0]), 6);
  EXPECT_DOUBLE_EQ(ShareOfChangedCells(map.replans[0], map.replans[1]), 2.0 / 12.0);
  EXPECT_EQ(ShareOfChangedCells(map.replans[0], map.replans[0]), 0.0);
  EXPECT_EQ(ShareOfChangedCells("", ""), 0.0);
  EXPECT_DOUBLE_EQ(MeanComputed(map), 0.5);
  EXPECT_EQ(MeanComputed({}), 0.0);
}

}  // namespace
}  // namespace sagbench
