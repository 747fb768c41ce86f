#include <gtest/gtest.h>

#include "core/error.h"
#include "core/files.h"
#include "schedulers/plan_io.h"
#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

class FilePlans : public testing::Test {
 protected:
  // The scheduler that runs a plan, as on the command line.
  std::string Of(const Plan& plan) const {
    WriteFileAtomically(path_, PlanFileText(plan));
    return "file:path=" + path_;
  }
  ExitCode Refusal(const std::string& scheduler) const {
    try {
      PlansOf(policy_, "ddim:steps=4", scheduler);
    } catch (const Error& error) {
      return error.code();
    }
    return ExitCode::kDone;
  }

  const Policy policy_ = TinyPolicy();
  const std::string path_ = testing::TempDir() + "sagbench_file_scheduler_" +
                            testing::UnitTest::GetInstance()->current_test_info()->name();
};

TEST_F(FilePlans, RunsThePlanOfItsFile) {
  Plan plan(4, 6);
  plan.SetLayout(SlotPerBlock(6));
  plan.at(2, 3) = {.compute = false, .slot = 1};
  EXPECT_TRUE(PlansOf(policy_, "ddim:steps=4", Of(plan)).front() == plan);
}

// What an online method decided is decided.
TEST_F(FilePlans, LooksAtNoProbes) {
  Plan plan(4, 6);
  plan.SetProbes({0});
  EXPECT_TRUE(PlansOf(policy_, "ddim:steps=4", Of(plan)).front().probes().empty());
}

TEST_F(FilePlans, RefusesAnotherGridAndDamagedFiles) {
  EXPECT_EQ(Refusal(Of(Plan(5, 6))), ExitCode::kUsage);
  EXPECT_EQ(Refusal(Of(Plan(4, 24))), ExitCode::kUsage);
  WriteFileAtomically(path_, "{\"format\": 1}");
  EXPECT_EQ(Refusal("file:path=" + path_), ExitCode::kBadFile);
  EXPECT_EQ(Refusal("file:path=/no/such.json"), ExitCode::kBadFile);
}

}  // namespace
}  // namespace sagbench
