#include "bench/doctor.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

namespace fs = std::filesystem;

class DoctorTest : public testing::Test {
 protected:
  DoctorTest() {
    fs::remove_all(home_);
    fs::create_directories(home_ / "schedulers" / "weights" / "pusht");
  }
  ~DoctorTest() override {
    unsetenv("SAGBENCH_HOME");
    fs::remove_all(home_);
  }

  std::string Write(const char* name, const std::string& text) const {
    const fs::path path = home_ / "schedulers" / "weights" / "pusht" / name;
    std::ofstream(path) << text;
    return path.string();
  }

  static Check Find(const std::string& name) {
    for (const Check& check : Diagnose()) {
      if (check.name == name) return check;
    }
    ADD_FAILURE() << "no check of " << name;
    return {};
  }

  const fs::path home_ = fs::path(testing::TempDir()) /
                         (std::string("sagbench_doctor_") +
                          testing::UnitTest::GetInstance()->current_test_info()->name());
};

TEST_F(DoctorTest, WhateverIsNotWellComesWithAdvice) {
  const std::vector<Check> checks = Diagnose();
  for (const char* name : {"program", "libraries", "cpu", "threads", "memory", "gpu"}) {
    EXPECT_TRUE(std::any_of(checks.begin(), checks.end(), [name](const Check& check) {
      return check.name == name;
    })) << name;
  }
  for (const Check& check : checks) {
    EXPECT_FALSE(check.value.empty()) << check.name;
    EXPECT_EQ(check.advice.empty(), check.state == CheckState::kOk) << check.name;
  }
}

TEST_F(DoctorTest, PolicyAndWhatWasMadeForIt) {
  Policy policy = TinyPolicy();
  const std::string sha256 =
      SavePolicy(home_ / "policies" / "weights" / "pusht", policy, WeightPrecision::kFloat32);
  Write("bac-ddpm.json", R"({"policy_sha256": ")" + sha256 + R"("})");
  Write("l2c-ddpm.json", R"({"policy_sha256": "ab12"})");
  Write("bac-ddpm-abcdef01.json", R"({"policy_sha256": "abcdef0123"})");  // of a user's policy
  setenv("SAGBENCH_HOME", home_.c_str(), 1);
  EXPECT_NE(Find("policy pusht").value.find(sha256), std::string::npos);
  EXPECT_EQ(Find("weights pusht/bac-ddpm.json").state, CheckState::kOk);
  EXPECT_EQ(Find("weights pusht/l2c-ddpm.json").state, CheckState::kProblem);
  EXPECT_EQ(Find("weights pusht/bac-ddpm-abcdef01.json").state, CheckState::kOk);
  std::ofstream(home_ / "policies" / "weights" / "pusht" / "policy.safetensors") << "damaged";
  EXPECT_EQ(Find("policy pusht").state, CheckState::kMissing);
}

TEST_F(DoctorTest, MismatchesAreNamed) {
  EXPECT_EQ(MismatchOf(Write("a.json", R"({"policy_sha256": "ab12"})"), {"ab12"}), "");
  EXPECT_NE(MismatchOf(Write("a.json", R"({"policy_sha256": "cd"})"), {"ab12"}).find("another"),
            std::string::npos);
  EXPECT_NE(MismatchOf(Write("a.json", R"({"policy_sha256": "ab12"})"), {}), "");
  EXPECT_EQ(MismatchOf(Write("a.json", R"({"policy_sha256": 3})"), {"ab12"}), "names no policy");
  EXPECT_NE(MismatchOf(Write("a.json", "{"), {"ab12"}).find("not valid JSON"), std::string::npos);
  const std::string pruner = R"({"policy_sha256": "ab12", "method": "sag"})";
  EXPECT_EQ(MismatchOf(Write("b.json", pruner), {"ab12"}), "lacks b.safetensors");
  Write("b.safetensors", "");
  EXPECT_EQ(MismatchOf(Write("b.json", pruner), {"ab12"}), "");
}

}  // namespace
}  // namespace sagbench
