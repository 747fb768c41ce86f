#include "bench/real_time.h"

#include <cmath>
#include <filesystem>

#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/schedulers/tiny_policy_folder.h"

namespace sagbench {
namespace {

class RealTimeTest : public TinyPolicyFolder {
 protected:
  SuiteRequest Request(Thinking thinking) const {
    SuiteRequest request;
    request.rows = {{.tasks = {"pusht"},
                     .samplers = {"ddim:steps=2"},
                     .schedulers = {"dense", "static-cache"},
                     .episodes = 1}};
    request.settings.policy = In("policy");
    request.settings.add_baseline = false;
    request.measure_latency = false;
    request.thinking = thinking;
    request.thinking_ms = 250.0;
    return request;
  }

  static std::vector<std::optional<double>> Milliseconds(const SuiteRequest& request) {
    std::vector<std::optional<double>> ms;
    const SuiteRows made = MakeSuiteRows(request);
    for (const SuiteRow& row : made.rows) ms.push_back(row.data.identity.thinking_ms);
    return ms;
  }
};

TEST_F(RealTimeTest, RowsHaveTheStatedTimeOrNone) {
  EXPECT_FALSE(Milliseconds(Request(Thinking::kWaits))[0]);
  for (const auto& ms : Milliseconds(Request(Thinking::kStated))) EXPECT_EQ(ms, 250.0);
}

TEST_F(RealTimeTest, MeasuredTimesAreThoseOfEachRowInTenths) {
  for (const auto& ms : Milliseconds(Request(Thinking::kMeasured))) {
    ASSERT_TRUE(ms);
    EXPECT_GE(*ms, 0.1);
    EXPECT_LT(*ms, 10000.0);
    EXPECT_NEAR(*ms * 10.0, std::round(*ms * 10.0), 1e-6);
  }
}

// 300 steps of 100 ms; 8 actions and 2.5 steps of thinking a replan.
TEST_F(RealTimeTest, ThinkingTakesControlSteps) {
  SuiteRequest request = Request(Thinking::kWaits);
  EXPECT_EQ(RunSuite(request, {}).episodes[0].replans, 38);
  request.thinking = Thinking::kStated;
  const SuiteResult result = RunSuite(request, {});
  EXPECT_EQ(result.episodes[0].replans, 29);
  EXPECT_EQ(result.episodes[0].steps, 300);
  EXPECT_EQ(result.runs[0].identity.thinking_ms, 250.0);
}

// A run that goes on does not measure anew: its episodes would not be of one run.
TEST_F(RealTimeTest, AResumedRunKeepsItsTimes) {
  SuiteRequest request = Request(Thinking::kStated);
  request.folder = folder_ / "run";
  RunSuite(request, {});
  request.thinking = Thinking::kMeasured;
  request.resume = true;
  for (const auto& ms : Milliseconds(request)) EXPECT_EQ(ms, 250.0);
  request.thinking = Thinking::kStated;
  request.thinking_ms = 100.0;
  EXPECT_THROW(RunSuite(request, {}), Error);
}

}  // namespace
}  // namespace sagbench
