#include <filesystem>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/files.h"
#include "schedulers/scheduler.h"
#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

// A calibration for the tiny policy (2 layers, 6 blocks) under ddim:steps=5.
nlohmann::json L2cCalibration() {
  return {
      {"format", 1},
      {"method", "l2c"},
      {"task", "pusht"},
      {"sampler", "ddim:steps=5"},
      {"policy_sha256", TinyPolicy().sha256},
      {"steps", 5},
      {"blocks", 6},
      {"probabilities", {{0.9, 0.05, 0.1, 0.11, 0.01, 0.5}, {0.01, 0.01, 0.01, 0.01, 0.01, 0.3}}}};
}

class L2cTest : public testing::Test {
 protected:
  Plan PlanWith(const nlohmann::json& calibration, const std::string& knobs = "") const {
    WriteFileAtomically(path_, calibration.dump());
    return PlansOf(policy_, "ddim:steps=5", "l2c:calibration=" + path_.string() + knobs).front();
  }
  ExitCode CodeOf(const nlohmann::json& calibration) const {
    try {
      PlanWith(calibration);
    } catch (const Error& error) {
      return error.code();
    }
    return ExitCode::kDone;
  }

  const Policy policy_ = TinyPolicy();
  const std::filesystem::path path_ =
      std::filesystem::path(testing::TempDir()) /
      (std::string("sagbench_l2c_") +
       testing::UnitTest::GetInstance()->current_test_info()->name() + ".json");
};

TEST_F(L2cTest, EverySecondStepSkipsBlocksOfSmallProbability) {
  EXPECT_EQ(PlanWith(L2cCalibration()).Text(),
            "######\n"
            "#..#.#\n"
            "######\n"
            ".....#\n"
            "######\n");
  EXPECT_EQ(PlanWith(L2cCalibration(), ",threshold=0.4").ComputedCells(), 3 * 6 + 2);
  EXPECT_EQ(PlanWith(L2cCalibration(), ",threshold=0").ComputedCells(), 5 * 6);
}

TEST_F(L2cTest, AtMostHalfIsSkipped) {
  const Plan plan = PlansOf(policy_, "ddpm", "l2c:calibration=random,threshold=1").front();
  EXPECT_EQ(plan.ComputedCells() * 2, plan.TotalCells());
}

TEST_F(L2cTest, ASamplerOfOneStepHasNothingToSkip) {
  const Plan plan = PlansOf(policy_, "single", "l2c:calibration=random").front();
  EXPECT_EQ(plan.ComputedCells(), plan.TotalCells());
}

TEST_F(L2cTest, CalibrationsOfOthersAreRefused) {
  EXPECT_EQ(CodeOf(L2cCalibration()), ExitCode::kDone);
  const std::vector<std::pair<const char*, nlohmann::json>> others{
      {"method", "bac"},        {"task", "lift"}, {"sampler", "ddpm"},
      {"policy_sha256", "abc"}, {"steps", 4},     {"blocks", 24}};
  for (const auto& [key, value] : others) {
    nlohmann::json other = L2cCalibration();
    other[key] = value;
    EXPECT_EQ(CodeOf(other), ExitCode::kBadFile) << key;
  }
  const nlohmann::json bad[] = {{{0.1, 0.2}},                         // too few
                                std::vector<std::vector<double>>(2),  // no blocks
                                std::vector<std::vector<double>>(2, std::vector<double>(6, 1.5)),
                                std::vector<std::vector<double>>(2, std::vector<double>(6, 0.0)),
                                "text"};
  for (const nlohmann::json& probabilities : bad) {
    nlohmann::json other = L2cCalibration();
    other["probabilities"] = probabilities;
    EXPECT_EQ(CodeOf(other), ExitCode::kBadFile) << probabilities;
  }
}

TEST_F(L2cTest, AMissingCalibrationNamesTheCommandThatMakesIt) {
  try {
    PlansOf(policy_, "ddim:steps=7", "l2c");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kBadFile);
    EXPECT_NE(std::string(error.what())
                  .find("sagbench calibrate --task pusht --sampler ddim:steps=7 --method l2c"),
              std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace sagbench
