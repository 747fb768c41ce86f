#include "bench/shipped_policy.h"

#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

TEST(ShippedPolicyTest, IsFoundInTheHomeThatIsSet) {
  const std::filesystem::path home =
      std::filesystem::path(testing::TempDir()) / "sagbench_home_test";
  Policy policy = TinyPolicy();
  SavePolicy(home / "policies" / "weights" / "made-up", policy, WeightPrecision::kFloat16);
  setenv("SAGBENCH_HOME", home.c_str(), 1);
  EXPECT_EQ(ShippedPolicy("made-up"), home / "policies" / "weights" / "made-up");
  unsetenv("SAGBENCH_HOME");
  std::filesystem::remove_all(home);
  try {
    ShippedPolicy("made-up");
    FAIL() << "there is none";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kBadFile);
    EXPECT_NE(std::string(error.what()).find("--policy"), std::string::npos);
  }
}

}  // namespace
}  // namespace sagbench
