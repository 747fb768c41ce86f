#include "schedulers/calibration.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "core/files.h"
#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

namespace fs = std::filesystem;

TEST(CalibrationPath, IsAFileNameForEverySampler) {
  EXPECT_EQ(CalibrationPath("bac", "pusht", "ddim:steps=10,spacing=trailing").string(),
            "schedulers/weights/pusht/bac-ddim-steps-10-spacing-trailing.json");
  EXPECT_EQ(CalibrationPath("sag", "lift", "ddpm", "rate-0.9-all").string(),
            "schedulers/weights/lift/sag-ddpm-rate-0.9-all.json");
}

// A shipped file is never written over by another policy's.
TEST(PathOfPolicy, LeavesTheFilesOfOtherPoliciesAlone) {
  const fs::path home = fs::path(testing::TempDir()) / "sagbench_path_of_policy";
  fs::remove_all(home);
  fs::create_directories(home);
  EXPECT_EQ(PathOfPolicy(home / "bac.json", "0123456789"), home / "bac.json");
  WriteFileAtomically(home / "bac.json", R"({"policy_sha256": "0123456789"})");
  EXPECT_EQ(PathOfPolicy(home / "bac.json", "0123456789"), home / "bac.json");
  const fs::path other = PathOfPolicy(home / "bac.json", "abcdefghij");
  EXPECT_EQ(other, home / "bac-abcdefgh.json");
  WriteFileAtomically(other, R"({"policy_sha256": "abcdefghij"})");
  EXPECT_TRUE(IsNamedAfterItsPolicy(other));
  EXPECT_FALSE(IsNamedAfterItsPolicy(home / "bac.json"));
  WriteFileAtomically(home / "bac.json", "no JSON");
  EXPECT_EQ(PathOfPolicy(home / "bac.json", "0123456789"), home / "bac-01234567.json");
  fs::remove_all(home);
}

class LoadCalibrationTest : public testing::Test {
 protected:
  // The sentence with which a file of this text is refused, or "".
  std::string Complaint(const std::string& text) const {
    const fs::path path = fs::path(testing::TempDir()) /
                          (std::string("sagbench_calibration_") +
                           testing::UnitTest::GetInstance()->current_test_info()->name() + ".json");
    WriteFileAtomically(path, text);
    return Ask(path.string());
  }
  std::string Ask(const std::string& where) const {
    const CalibrationQuery query{
        .method = "bac", .where = where, .shipped = "no/such.json", .command = "make it so"};
    try {
      LoadCalibration(query, {.policy = &policy_, .sampler = Samplers().Choose("ddpm")});
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::kBadFile);
      return error.what();
    }
    return "";
  }

  const Policy policy_ = TinyPolicy();
  const nlohmann::json good_ = {{"format", 1},
                                {"method", "bac"},
                                {"task", "pusht"},
                                {"sampler", "ddpm"},
                                {"steps", 100},
                                {"blocks", 6},
                                {"policy_sha256", policy_.sha256}};
};

TEST_F(LoadCalibrationTest, TakesItsOwn) {
  EXPECT_EQ(Complaint(good_.dump()), "");
}

TEST_F(LoadCalibrationTest, TellsTheFilesHash) {
  const std::string path = testing::TempDir() + "sagbench_calibration_hash.json";
  WriteFileAtomically(path, good_.dump());
  std::string sha256;
  LoadCalibration(
      {.method = "bac", .where = path, .shipped = "no/such.json", .command = "no"},
      {.policy = &policy_, .sampler = Samplers().Choose("ddpm"), .weights_sha256 = &sha256});
  EXPECT_EQ(sha256, Sha256Hex(good_.dump()));
}

TEST_F(LoadCalibrationTest, RefusesOthersWithTheCommandThatMakesOne) {
  nlohmann::json other = good_;
  other["policy_sha256"] = "abc";
  EXPECT_NE(Complaint(other.dump()).find("policy_sha256 'abc'"), std::string::npos);
  EXPECT_NE(Complaint(other.dump()).find("make it so"), std::string::npos);
  EXPECT_NE(Ask("auto").find("make it so"), std::string::npos);
}

// The policy's own file, by the beginning of its sha256, comes before the shipped one.
TEST_F(LoadCalibrationTest, FindsThePolicysOwn) {
  const fs::path home = fs::path(testing::TempDir()) / "sagbench_own_calibration";
  fs::create_directories(home);
  nlohmann::json other = good_;
  other["policy_sha256"] = "abc";
  WriteFileAtomically(home / "bac.json", other.dump());
  const SchedulerParts parts{.policy = &policy_, .sampler = Samplers().Choose("ddpm")};
  const CalibrationQuery query{.method = "bac", .shipped = home / "bac.json", .command = "no"};
  EXPECT_THROW(LoadCalibration(query, parts), Error);
  const fs::path own = PathOfPolicy(home / "bac.json", policy_.sha256);
  WriteFileAtomically(own, good_.dump());
  EXPECT_EQ(LoadCalibration(query, parts).path, own);
  fs::remove_all(home);
}

TEST_F(LoadCalibrationTest, TheCommandNamesThePolicyThatTheUserNamed) {
  Policy mine = policy_;
  EXPECT_EQ(PolicyOption(mine), "");
  mine.named = "my policy";
  EXPECT_EQ(PolicyOption(mine), " --policy 'my policy'");
  const CalibrationQuery query{.method = "bac", .shipped = "no/such.json", .command = "make it"};
  try {
    LoadCalibration(query, {.policy = &mine, .sampler = Samplers().Choose("ddpm")});
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("'make it --policy 'my policy''"), std::string::npos)
        << error.what();
  }
}

TEST_F(LoadCalibrationTest, RefusesWhatIsNone) {
  EXPECT_NE(Complaint("{\"format\": 1}"), "");
  EXPECT_NE(Complaint("[1, 2]"), "");
  EXPECT_NE(Complaint("no JSON"), "");
  EXPECT_NE(Ask("/no/such/file.json"), "");
}

TEST_F(LoadCalibrationTest, ChecksItsGrid) {
  const Calibration calibration{.path = "x.json", .json = good_};
  EXPECT_NO_THROW(CheckCalibrationGrid(calibration, 100, 6));
  EXPECT_THROW(CheckCalibrationGrid(calibration, 100, 24), Error);
  EXPECT_THROW(CheckCalibrationGrid(calibration, 10, 6), Error);
  for (const nlohmann::json& steps : {nlohmann::json(100.7), nlohmann::json(4294967396)}) {
    nlohmann::json other = good_;
    other["steps"] = steps;
    EXPECT_THROW(CheckCalibrationGrid({.path = "x.json", .json = other}, 100, 6), Error) << steps;
    other["format"] = 4294967297;
    EXPECT_NE(Complaint(other.dump()), "");
  }
}

}  // namespace
}  // namespace sagbench
