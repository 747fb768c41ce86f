#pragma once

#include <filesystem>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/schedulers/tiny_policy.h"
#include "tests/tools/invoke.h"

namespace sagbench {

// The program as its users call it, in a folder of the test's own that holds a tiny policy.
class TinyPolicyCli : public testing::Test {
 protected:
  TinyPolicyCli() {
    std::filesystem::remove_all(folder_);
    Policy policy = TinyPolicy();
    SavePolicy(folder_ / "policy", policy, WeightPrecision::kFloat32);
  }
  ~TinyPolicyCli() override { std::filesystem::remove_all(folder_); }

  Outcome Call(const std::string& arguments) const { return Invoke(arguments, folder_); }

  // Fails with this code and one sentence that holds `words`, and prints nothing.
  void ExpectRefused(const std::string& arguments, int code, const std::string& words) const {
    const Outcome outcome = Call(arguments);
    EXPECT_EQ(outcome.code, code) << arguments << "\n" << outcome.err;
    EXPECT_TRUE(IsOneSentence(outcome.err)) << outcome.err;
    EXPECT_TRUE(Has(outcome.err, words)) << outcome.err << "lacks " << words;
    EXPECT_EQ(outcome.out, "");
  }

  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) /
      (std::string("sagbench_") +
       testing::UnitTest::GetInstance()->current_test_info()->test_suite_name() + "_" +
       testing::UnitTest::GetInstance()->current_test_info()->name() + "_" +
       std::to_string(getpid()));
};

}  // namespace sagbench
