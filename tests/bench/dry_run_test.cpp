#include "bench/dry_run.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/schedulers/tiny_policy_folder.h"

namespace sagbench {
namespace {

namespace fs = std::filesystem;

// Two rows of 5 episodes in groups of 2.
class DryRunTest : public TinyPolicyFolder {
 protected:
  DryRunTest() {
    request_.rows = {{.tasks = {"pusht"},
                      .samplers = {"ddim:steps=1"},
                      .schedulers = {"dense", "late:rate=0.5"},
                      .episodes = 5}};
    request_.settings.policy = In("policy");
    request_.settings.add_baseline = false;
    request_.settings.batch = 2;
    request_.latency = {.samples = 4, .warmup = 1, .block_size = 2};
    request_.context.host = "here";
  }
  SuiteRequest request_;
};

TEST_F(DryRunTest, CountsAllWorkAndWritesNothing) {
  request_.folder = folder_ / "out";
  const DryRun plan = PlanSuite(request_);
  EXPECT_FALSE(fs::exists(request_.folder));
  ASSERT_EQ(plan.rows.size(), 2U);
  EXPECT_EQ(plan.rows[1].identity.scheduler, "late:rate=0.5");
  EXPECT_EQ(plan.rows[1].missing_episodes, 5);
  EXPECT_EQ(plan.groups, 6);
  EXPECT_EQ(plan.missing_groups, 6);
  EXPECT_FALSE(plan.rows[0].rollouts_from_folder);
  EXPECT_GT(plan.rows[0].rollout_s, 0.0);
  EXPECT_GT(plan.rows[0].latency_s, 0.0);
  const std::string text = DryRunText(plan);
  for (const char* part :
       {"late:rate=0.5", "6 of 6 groups", "0 of 10 episodes, 0 of 8 latency samples",
        "Estimate: ", "as if every episode ran to its time limit", "measured"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " in\n" << text;
  }
}

TEST_F(DryRunTest, TakesTheTimesFromTheFolder) {
  request_.folder = folder_ / "out";
  RunSuite(request_, {});
  EXPECT_THROW(PlanSuite(request_), Error);  // as the run would
  request_.resume = true;
  const DryRun done = PlanSuite(request_);
  EXPECT_EQ(done.missing_groups, 0);
  EXPECT_FALSE(done.estimates());
  EXPECT_NE(DryRunText(done).find("Nothing is left to do."), std::string::npos);

  fs::remove(request_.folder / "measurements.jsonl");
  DryRun plan = PlanSuite(request_);
  EXPECT_EQ(plan.missing_groups, 0);
  EXPECT_GT(plan.rows[0].latency_s, 0.0);
  EXPECT_FALSE(plan.rows[0].latency_from_folder);
  request_.settings.seed = 7;
  EXPECT_THROW(PlanSuite(request_), Error);
}

TEST_F(DryRunTest, AShardLeavesLatencyAndTheOthersGroups) {
  request_.shard = {.index = 0, .count = 2};
  const DryRun plan = PlanSuite(request_);
  EXPECT_EQ(plan.groups, 3);
  EXPECT_EQ(plan.rows[0].episodes + plan.rows[1].episodes, 5);
  EXPECT_EQ(plan.rows[0].latency_s + plan.rows[1].measuring_s, 0.0);
}

TEST(RoughDurationTest, IsRough) {
  EXPECT_EQ(RoughDuration(12.3), "12 s");
  EXPECT_EQ(RoughDuration(600.0), "10 min");
  EXPECT_EQ(RoughDuration(9000.0), "2.5 h");
}

}  // namespace
}  // namespace sagbench
