#include <filesystem>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/files.h"
#include "schedulers/calibration.h"
#include "schedulers/scheduler.h"
#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

// A calibration for the tiny policy (2 layers, 6 blocks) under ddim:steps=4.
nlohmann::json BacCalibration() {
  nlohmann::json updates;
  updates["1"] = std::vector<std::vector<int>>(6, {0});
  updates["2"] = {{0, 1}, {0, 2}, {0, 3}, {0, 1}, {0, 2}, {0, 1}};
  return {{"format", 1},
          {"method", "bac"},
          {"task", "pusht"},
          {"sampler", "ddim:steps=4"},
          {"policy_sha256", TinyPolicy().sha256},
          {"steps", 4},
          {"blocks", 6},
          {"distances", {0.1, 0.9, 0.2, 0.3, 0.8, 0.4}},
          {"updates", updates}};
}

class BacTest : public testing::Test {
 protected:
  // The plan with this calibration.
  Plan PlanWith(const nlohmann::json& calibration, const std::string& knobs) const {
    WriteFileAtomically(path_, calibration.dump());
    return PlansOf(policy_, "ddim:steps=4", "bac:" + knobs + ",calibration=" + path_.string())
        .front();
  }
  ExitCode CodeOf(const nlohmann::json& calibration, const std::string& knobs) const {
    try {
      PlanWith(calibration, knobs);
    } catch (const Error& error) {
      return error.code();
    }
    return ExitCode::kDone;
  }

  const Policy policy_ = TinyPolicy();
  const std::filesystem::path path_ =
      std::filesystem::path(testing::TempDir()) /
      (std::string("sagbench_") + testing::UnitTest::GetInstance()->current_test_info()->name() +
       ".json");
};

TEST_F(BacTest, ComputesEachBlockAtItsOwnSteps) {
  EXPECT_EQ(PlanWith(BacCalibration(), "updates=2").Text(),
            "######\n"
            "#..#.#\n"
            ".#..#.\n"
            "..#...\n");
}

// Blocks 1 and 4 change most; feed-forward blocks are 2 (layer 0) and 5 (layer 1).
TEST_F(BacTest, TheUnionAddsTheFeedForwardStepsFromTheLayerOn) {
  const Plan one = PlanWith(BacCalibration(), "updates=2,union=1");
  EXPECT_EQ(one.Text(),
            "######\n"
            "##.#.#\n"
            ".#..#.\n"
            ".##...\n");
  const Plan two = PlanWith(BacCalibration(), "updates=2,union=2");
  EXPECT_TRUE(two.at(1, 4).compute);   // from block 5
  EXPECT_FALSE(two.at(3, 4).compute);  // block 2 lies before it
}

TEST_F(BacTest, CountsAreUpdatesTimesBlocksWithoutUnion) {
  for (const int updates : {1, 5, 10, 20}) {
    const std::string text = "bac:calibration=random,updates=" + std::to_string(updates);
    EXPECT_EQ(PlansOf(policy_, "ddpm", text).front().ComputedCells(), updates * 6);
  }
}

TEST_F(BacTest, CalibrationsOfOthersAreRefused) {
  EXPECT_EQ(CodeOf(BacCalibration(), "updates=2"), ExitCode::kDone);
  for (const auto& [key, value] :
       std::vector<std::pair<const char*, nlohmann::json>>{{"method", "l2c"},
                                                           {"task", "lift"},
                                                           {"sampler", "ddpm"},
                                                           {"policy_sha256", "abc"},
                                                           {"steps", 5},
                                                           {"blocks", 24},
                                                           {"format", 2}}) {
    nlohmann::json other = BacCalibration();
    other[key] = value;
    EXPECT_EQ(CodeOf(other, "updates=2"), ExitCode::kBadFile) << key;
    other.erase(key);
    EXPECT_EQ(CodeOf(other, "updates=2"), ExitCode::kBadFile) << key;
  }
  const nlohmann::json bad[] = {std::vector<std::vector<int>>(6, {0, 4}),  // no such step
                                std::vector<std::vector<int>>(6, {0, -1}),
                                std::vector<std::vector<int>>(6, {1, 2}),  // not from the first
                                std::vector<std::vector<int>>(5, {0, 2}),  // a block is missing
                                std::vector<std::vector<int>>(6),
                                std::vector<std::vector<int>>(6, {0}),  // fewer than asked for
                                std::vector<std::vector<int>>(6, {0, 0}),
                                std::vector<std::vector<double>>(6, {0, 1.5}),
                                std::vector<std::vector<int64_t>>(6, {0, 4294967297}),
                                std::vector<std::vector<bool>>(6, {false, true}),
                                "text"};
  for (const nlohmann::json& steps : bad) {
    nlohmann::json other = BacCalibration();
    other["updates"]["2"] = steps;
    EXPECT_EQ(CodeOf(other, "updates=2"), ExitCode::kBadFile) << steps;
  }
  nlohmann::json other = BacCalibration();
  other["distances"] = {0.1, 0.2};
  EXPECT_EQ(CodeOf(other, "updates=2,union=2"), ExitCode::kBadFile);
  EXPECT_EQ(CodeOf(BacCalibration(), "updates=3"), ExitCode::kUsage);
  other = BacCalibration();
  other["updates"] = {1, 2};
  EXPECT_EQ(CodeOf(other, "updates=2"), ExitCode::kBadFile);
}

TEST_F(BacTest, AMissingCalibrationNamesTheCommandThatMakesIt) {
  try {
    PlansOf(policy_, "ddim:steps=7", "bac:updates=2");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kBadFile);
    EXPECT_NE(std::string(error.what())
                  .find("sagbench calibrate --task pusht --sampler ddim:steps=7 --method bac"),
              std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace sagbench
