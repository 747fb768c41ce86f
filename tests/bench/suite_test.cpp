#include "bench/suite.h"

#include <csignal>
#include <filesystem>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/interrupt.h"
#include "results/report_json.h"
#include "tests/schedulers/tiny_policy_folder.h"

namespace sagbench {
namespace {

class SuiteTest : public TinyPolicyFolder {
 protected:
  SuiteRequest Request(std::vector<std::string> schedulers) const {
    SuiteRequest request;
    request.rows = {{.tasks = {"pusht"},
                     .samplers = {"ddim:steps=2"},
                     .schedulers = std::move(schedulers),
                     .episodes = 2}};
    request.settings.policy = In("policy");
    request.settings.add_baseline = false;
    request.measure_latency = false;
    return request;
  }

  static std::vector<std::string> Rows(const SuiteResult& result) {
    std::vector<std::string> rows;
    for (const RunReport& run : result.runs) {
      rows.push_back(run.identity.sampler + " " + run.identity.scheduler);
    }
    return rows;
  }

  static ExitCode CodeOf(const SuiteRequest& request) {
    try {
      RunSuite(request, {});
    } catch (const Error& error) {
      return error.code();
    }
    return ExitCode::kDone;
  }

  // The report without what a clock said.
  static std::string WithoutTimes(const SuiteResult& result) {
    Report report;
    report.runs = result.runs;
    for (RunReport& run : report.runs) {
      run.wall_s = 0.0;
      run.latency_ms.reset();
      run.deadline.reset();
      if (run.speedup) run.speedup->latency.reset();
      if (run.speedup) run.speedup->latency_ci95.reset();
    }
    return ReportJsonText(report);
  }
};

TEST_F(SuiteTest, AddsTheBaselineRow) {
  SuiteRequest request = Request({"static-cache"});
  request.rows[0].episodes = 1;
  request.settings.add_baseline = true;
  const SuiteResult result = RunSuite(request, {});
  EXPECT_EQ(Rows(result), (std::vector<std::string>{"ddpm dense", "ddim:steps=2 static-cache"}));
  EXPECT_TRUE(result.runs[0].is_baseline);
  EXPECT_FALSE(result.runs[1].is_baseline);
  ASSERT_TRUE(result.runs[1].flops && result.runs[1].flops->ratio);
  EXPECT_LT(*result.runs[1].flops->ratio, 0.05);
  EXPECT_TRUE(result.runs[1].action_error.has_value());
  EXPECT_EQ(result.runs[1].identity.params.at("scheduler.interval"), "5");
}

// Neither solves anything, so that every pair is alike.
TEST_F(SuiteTest, SequentialRowsStopAtTheirVerdict) {
  SuiteRequest request = Request({"static-cache"});
  request.rows[0].samplers = {"ddpm"};
  request.rows[0].episodes = 60;
  request.settings.batch = 6;
  request.settings.add_baseline = true;
  request.summary.margin = 0.4;
  request.summary.sequential = true;
  const SuiteResult result = RunSuite(request, {});
  ASSERT_EQ(result.runs.size(), 2U);
  EXPECT_LT(result.runs[1].episodes, 60);
  EXPECT_EQ(result.runs[1].episodes % 6, 0);
  EXPECT_EQ(result.runs[0].episodes, result.runs[1].episodes);
  EXPECT_EQ(result.runs[1].versus_dense->verdict, Verdict::kNonInferior);
  EXPECT_GE(result.runs[1].versus_dense->evidence->non_inferior, 20.0);
}

TEST_F(SuiteTest, SpreadIsARatioToTheBaselineWhereThereIsOne) {
  SuiteRequest request = Request({"static-cache"});
  request.rows[0].episodes = 1;
  request.measure_spread = true;
  const SuiteResult alone = RunSuite(request, {});
  ASSERT_TRUE(alone.runs[0].spread.has_value());
  EXPECT_GT(alone.runs[0].spread->mean, 0.0);
  EXPECT_FALSE(alone.runs[0].spread->ratio.has_value());
  request.settings.add_baseline = true;
  const SuiteResult both = RunSuite(request, {});
  EXPECT_EQ(both.runs[0].spread->ratio, 1.0);
  EXPECT_GT(*both.runs[1].spread->ratio, 0.0);
  EXPECT_NE(*both.runs[1].spread->ratio, 1.0);
}

TEST_F(SuiteTest, ListsMultiplyAndDuplicatesAreDropped) {
  SuiteRequest request = Request(
      {"dense", "static-cache", "dense", "static_cache:interval=5", "static-cache:interval=2"});
  request.rows[0].samplers = {"ddim:steps=2", "ddim:steps=1"};
  request.rows[0].episodes = 1;
  EXPECT_EQ(Rows(RunSuite(request, {})),
            (std::vector<std::string>{"ddim:steps=2 dense", "ddim:steps=2 static-cache",
                                      "ddim:steps=2 static-cache:interval=2", "ddim:steps=1 dense",
                                      "ddim:steps=1 static-cache",
                                      "ddim:steps=1 static-cache:interval=2"}));
}

TEST_F(SuiteTest, ABaselineThatWasAskedForIsNotAddedTwice) {
  SuiteRequest request = Request({"dense"});
  request.rows[0].samplers = {"ddpm:steps=100"};
  request.rows[0].episodes = 1;
  request.settings.add_baseline = true;
  EXPECT_EQ(Rows(RunSuite(request, {})), (std::vector<std::string>{"ddpm dense"}));
}

TEST_F(SuiteTest, FullyComputedCacheHasTheActionsOfDense) {
  const SuiteResult result =
      RunSuite(Request({"dense", "static-cache:interval=1", "static-cache:interval=2"}), {});
  ASSERT_EQ(result.runs.size(), 3U);
  EXPECT_EQ(result.runs[0].digest->actions, result.runs[1].digest->actions);
  EXPECT_NE(result.runs[0].digest->actions, result.runs[2].digest->actions);
  ASSERT_TRUE(result.runs[1].action_error.has_value());
  EXPECT_EQ(result.runs[1].action_error->max_abs, 0.0);
  EXPECT_EQ(result.runs[1].sparsity->cells, 0.0);
  EXPECT_EQ(result.runs[2].sparsity->cells, 0.5);
}

TEST_F(SuiteTest, EqualRunsGiveEqualReportsButForTimes) {
  SuiteRequest request = Request({"dense", "static-cache:interval=2"});
  request.measure_latency = true;
  request.latency = {.samples = 3, .warmup = 1};
  const SuiteResult first = RunSuite(request, {}), second = RunSuite(request, {});
  EXPECT_EQ(WithoutTimes(first), WithoutTimes(second));
  for (const RunReport& run : first.runs) {
    ASSERT_TRUE(run.latency_ms.has_value());
    EXPECT_EQ(run.latency_ms->samples.size(), 3U);
    EXPECT_GT(run.wall_s, 0.0);
  }
}

TEST_F(SuiteTest, EpisodesAreComputedInGroups) {
  SuiteRequest request = Request({"dense", "static-cache:interval=1"});
  request.rows[0].episodes = 3;
  request.settings.batch = 2;
  request.settings.seed = 40;
  std::vector<Progress> seen;
  const SuiteResult result =
      RunSuite(request, [&](const Progress& progress) { seen.push_back(progress); });
  ASSERT_EQ(result.episodes.size(), 6U);
  for (size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(result.episodes[i].seed, 40 + i % 3);
    EXPECT_EQ(result.episodes[i].scheduler, i < 3 ? "dense" : "static-cache:interval=1");
    EXPECT_EQ(result.episodes[i].sampler, "ddim:steps=2");
    EXPECT_EQ(result.episodes[i].task, "pusht");
  }
  EXPECT_EQ(seen.front().done, 0);
  EXPECT_EQ(seen.back().done, 6);
  EXPECT_EQ(seen.back().total, 6);
}

// Which batch an episode belongs to does not change, nor does any bit.
TEST_F(SuiteTest, GroupsInFlightTogetherChangeNothing) {
  SuiteRequest request = Request({"dense", "static-cache"});
  request.rows[0].episodes = 5;
  request.settings.batch = 2;
  request.settings.threads = 2;
  const std::string one = WithoutTimes(RunSuite(request, {}));
  request.settings.groups_at_once = 3;
  request.folder = In("together");
  const SuiteResult together = RunSuite(request, {});
  EXPECT_EQ(WithoutTimes(together), one);
  request.resume = true;
  EXPECT_EQ(WithoutTimes(RunSuite(request, {})), one);  // as its folder has it
}

TEST_F(SuiteTest, AnInterruptionKeepsWhatWasFinished) {
  SuiteRequest request = Request({"dense"});
  request.rows[0].episodes = 1000;
  request.settings.batch = 1;
  request.measure_latency = true;
  InstallInterruptHandler();
  const SuiteResult result = RunSuite(request, [](const Progress& progress) {
    if (progress.done == 2) std::raise(SIGINT);
  });
  InstallInterruptHandler();  // forgets the signal
  EXPECT_TRUE(result.interrupted);
  ASSERT_EQ(result.runs.size(), 1U);
  EXPECT_EQ(result.runs[0].episodes, 2);
  EXPECT_EQ(result.episodes.size(), 2U);
  EXPECT_FALSE(result.runs[0].latency_ms.has_value());
}

TEST_F(SuiteTest, ChecksEverythingFirst) {
  EXPECT_EQ(CodeOf(Request({"sparse"})), ExitCode::kUsage);
  EXPECT_EQ(CodeOf(Request({"static-cache:interval=0"})), ExitCode::kUsage);
  EXPECT_EQ(CodeOf(Request({})), ExitCode::kUsage);
  SuiteRequest request = Request({"dense"});
  request.rows[0].tasks = {"pushd"};
  EXPECT_EQ(CodeOf(request), ExitCode::kUsage);
  request = Request({"dense"});
  request.rows[0].executors = {"quick"};
  EXPECT_EQ(CodeOf(request), ExitCode::kUsage);
  request = Request({"dense"});
  request.settings.policy = In("nowhere");
  EXPECT_EQ(CodeOf(request), ExitCode::kBadFile);
}

}  // namespace
}  // namespace sagbench
