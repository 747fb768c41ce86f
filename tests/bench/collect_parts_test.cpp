#include "bench/collect_parts.h"

#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

#include "core/error.h"

namespace sagbench {
namespace {

class Parts : public testing::Test {
 protected:
  ~Parts() override { std::filesystem::remove_all(folder_); }

  static ExpertResult Result(bool success) {
    ExpertResult result;
    result.success = success;
    result.first_choice = "left";
    result.seconds = 0.25;
    result.demonstration.observations["x"] = {1, {0.1, 1.0 / 3.0}};
    result.demonstration.actions = {1, {1e-300, -2.5}};
    result.demonstration.states = {1, {0.0, 1.0}};
    result.demonstration.rewards = {0.0, 1.0};
    result.demonstration.dones = {0, 1};
    result.demonstration.attributes = {{"seed", "3"}};
    return result;
  }

  const std::filesystem::path out_ = std::filesystem::path(testing::TempDir()) /
                                     ("sagbench_parts_test_" + std::to_string(getpid()) + ".hdf5");
  const std::filesystem::path folder_ = out_.string() + ".parts";
};

TEST_F(Parts, ComeBackBitForBit) {
  {
    CollectParts parts(out_, "a", false);
    parts.Append(5, Result(true));
    parts.Append(2, Result(false));
  }
  CollectParts parts(out_, "a", true);
  const auto finished = parts.TakeFinished();
  ASSERT_EQ(finished.size(), 2U);
  const Demonstration& back = finished.at(5).demonstration;
  EXPECT_EQ(back.observations.at("x").values, (std::vector<double>{0.1, 1.0 / 3.0}));
  EXPECT_EQ(back.actions.values, (std::vector<double>{1e-300, -2.5}));
  EXPECT_EQ(back.dones, (std::vector<uint8_t>{0, 1}));
  EXPECT_EQ(back.attributes.at("seed"), "3");
  EXPECT_FALSE(finished.at(2).success);
  EXPECT_EQ(finished.at(2).first_choice, "left");
  parts.Remove();
  EXPECT_FALSE(std::filesystem::exists(folder_));
}

TEST_F(Parts, ATornLineIsLost) {
  {
    CollectParts parts(out_, "a", false);
    parts.Append(0, Result(true));
  }
  std::ofstream(folder_ / "episodes.jsonl", std::ios::app) << "{\"check\":\"12";
  CollectParts parts(out_, "a", true);
  parts.Append(1, Result(true));
  EXPECT_EQ(parts.TakeFinished().size(), 1U);
  EXPECT_EQ(CollectParts(out_, "a", true).TakeFinished().size(), 2U);
}

TEST_F(Parts, OthersAreNotMixedIn) {
  { CollectParts parts(out_, "a", false); }
  EXPECT_THROW(CollectParts(out_, "a", false), Error);
  EXPECT_THROW(CollectParts(out_, "b", true), Error);
}

}  // namespace
}  // namespace sagbench
