#pragma once

#include <filesystem>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/schedulers/tiny_policy.h"

namespace sagbench {

// A folder of the test's own that holds a tiny policy.
class TinyPolicyFolder : public testing::Test {
 protected:
  TinyPolicyFolder() {
    std::filesystem::remove_all(folder_);
    Policy policy = TinyPolicy();
    SavePolicy(folder_ / "policy", policy, WeightPrecision::kFloat32);
  }
  ~TinyPolicyFolder() override { std::filesystem::remove_all(folder_); }

  std::string In(const std::string& name) const { return (folder_ / name).string(); }

  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) /
      (std::string("sagbench_") +
       testing::UnitTest::GetInstance()->current_test_info()->test_suite_name() + "_" +
       testing::UnitTest::GetInstance()->current_test_info()->name() + "_" +
       std::to_string(getpid()));
};

}  // namespace sagbench
