#include "results/compare.h"

#include <functional>
#include <map>

#include <gtest/gtest.h>

#include "core/error.h"
#include "core/noise.h"
#include "tests/results/sample_folder.h"

namespace sagbench {
namespace {

// Dense and a cache on 200 episodes, of which every fourth fails, with latencies.
RunFolder Folder() {
  RunFolder folder;
  folder.manifest = SampleManifest();
  std::string outcomes;
  for (int i = 0; i < 200; ++i) outcomes += i % 4 == 0 ? '0' : '1';
  folder.runs = {SampleRun("ddpm", "dense", outcomes),
                 SampleRun("ddpm", "static-cache:interval=5", outcomes)};
  for (PlannedRow& row : folder.manifest.rows) row.episodes = 200;
  for (RunData& run : folder.runs) run.identity.executor = "eager";
  for (EpisodeRecord& episode : folder.runs[1].episodes) episode.flops *= 0.25;
  folder.runs[0].latency = SampleLatency(1000.0);
  folder.runs[1].latency = SampleLatency(300.0);
  return folder;
}

// Row and figure of what is of a kind.
std::vector<std::string> Of(const Comparison& comparison, Change::Kind kind) {
  std::vector<std::string> found;
  for (const Change& change : comparison.changes) {
    if (change.kind == kind) found.push_back(change.row + ": " + change.figure);
  }
  return found;
}

std::vector<std::string> Regressions(const RunFolder& base, const RunFolder& now,
                                     const CompareOptions& options = {}) {
  const Comparison comparison = CompareRuns(base, now, options);
  const auto found = Of(comparison, Change::Kind::kRegression);
  EXPECT_EQ(comparison.regressed(), !found.empty());
  return found;
}

using Names = std::vector<std::string>;
const std::string kCache = "pusht ddpm static-cache:interval=5";

TEST(Compare, EqualRunsAreTheSame) {
  const Comparison comparison = CompareRuns(Folder(), Folder(), {});
  EXPECT_FALSE(comparison.regressed());
  EXPECT_EQ(Of(comparison, Change::Kind::kSame).size(), 11U);  // 5 figures a row, one speed-up
  EXPECT_EQ(comparison.changes.size(), 11U);
}

TEST(Compare, MoreFlopsOfAStaticPlanAreARegression) {
  RunFolder now = Folder();
  for (EpisodeRecord& episode : now.runs[1].episodes) episode.flops *= 1.001;
  EXPECT_EQ(Regressions(Folder(), now), Names{kCache + ": FLOPs"});
  EXPECT_EQ(Of(CompareRuns(now, Folder(), {}), Change::Kind::kBetter), Names{kCache + ": FLOPs"});
  now.runs[1].episodes[7].flops *= 1.5;  // now they depend on what is observed
  const Comparison comparison = CompareRuns(Folder(), now, {});
  EXPECT_FALSE(comparison.regressed());
  EXPECT_EQ(Of(comparison, Change::Kind::kAdvisory), Names{kCache + ": FLOPs"});
}

TEST(Compare, OtherPlansAndActionsAreARegressionOnTheSameMachine) {
  RunFolder now = Folder();
  now.runs[1].episodes[3].plan_digest = "other";
  EXPECT_EQ(Regressions(Folder(), now), Names{kCache + ": plans"});
  now.runs[0].episodes[3].action_digest = "other";
  EXPECT_EQ(Regressions(Folder(), now), (Names{"pusht ddpm dense: actions", kCache + ": plans"}));
  now.manifest.context.cpu = "Another CPU";
  EXPECT_EQ(Regressions(Folder(), now), Names{});
  now = Folder();
  now.runs[1].episodes[3].plan_digest = "other";
  now.runs[1].identity.params["threads"] = "4";
  RunFolder base = Folder();
  base.runs[1].identity.params["threads"] = "2";
  EXPECT_EQ(Regressions(base, now), Names{});
}

// 30 of the 150 solved episodes are lost: 15 points of 200.
TEST(Compare, ADropOfFifteenPointsIsARegression) {
  RunFolder now = Folder();
  int lost = 0;
  for (EpisodeRecord& episode : now.runs[1].episodes) {
    if (episode.success && lost < 30) {
      episode.success = false;
      ++lost;
    }
  }
  EXPECT_EQ(Regressions(Folder(), now), Names{kCache + ": success"});
  EXPECT_EQ(Of(CompareRuns(now, Folder(), {}), Change::Kind::kBetter), Names{kCache + ": success"});
  EXPECT_EQ(Regressions(Folder(), now, {.margin = 0.2}), Names{});
}

TEST(Compare, TimeIsAdvisoryUnlessGated) {
  RunFolder now = Folder();
  now.runs[1].latency = SampleLatency(600.0);
  EXPECT_EQ(Regressions(Folder(), now), Names{});
  EXPECT_EQ(Of(CompareRuns(Folder(), now, {}), Change::Kind::kAdvisory),
            Names{kCache + ": speed-up"});
  EXPECT_EQ(Regressions(Folder(), now, {.gate_time = 0.1}), Names{kCache + ": speed-up"});
  EXPECT_EQ(Regressions(Folder(), now, {.gate_time = 0.6}), Names{});
  // A machine that is slower altogether is no regression.
  now = Folder();
  now.runs[0].latency = SampleLatency(2000.0);
  now.runs[1].latency = SampleLatency(600.0);
  EXPECT_EQ(Regressions(Folder(), now, {.gate_time = 0.1}), Names{});
}

const Change* Find(const Comparison& comparison, const std::string& row,
                   const std::string& figure) {
  for (const Change& change : comparison.changes) {
    if (change.row == row && change.figure == figure) return &change;
  }
  return nullptr;
}

TEST(Compare, ScoresArePairedAndNotGated) {
  RunFolder base = Folder(), now = Folder();
  for (RunFolder* folder : {&base, &now}) {
    for (EpisodeRecord& episode : folder->runs[1].episodes) episode.score = 0.5;
  }
  for (size_t i = 0; i < 200; ++i) *now.runs[1].episodes[i].score -= i % 2 == 0 ? 0.02 : 0.04;
  const Comparison worse = CompareRuns(base, now, {});
  const Change* score = Find(worse, kCache, "score");
  ASSERT_NE(score, nullptr);
  EXPECT_EQ(score->kind, Change::Kind::kAdvisory);
  EXPECT_EQ(score->now, "0.470");
  EXPECT_EQ(score->note.substr(0, 10), "-0.0300 [-") << score->note;
  EXPECT_FALSE(worse.regressed());
  EXPECT_EQ(Find(CompareRuns(now, base, {}), kCache, "score")->kind, Change::Kind::kBetter);
}

TEST(Compare, RowsOfOtherExecutorsPairWhereThatIsAskedFor) {
  RunFolder now = Folder();
  for (RunData& run : now.runs) run.identity.executor = "fused:precision=bf16";
  for (EpisodeRecord& episode : now.runs[1].episodes) episode.action_digest = "other";
  EXPECT_THROW(CompareRuns(Folder(), now, {}), Error);  // no row in common
  const CompareOptions any = {.any_executor = true};
  const Comparison comparison = CompareRuns(Folder(), now, any);
  EXPECT_FALSE(comparison.regressed());
  EXPECT_EQ(Find(comparison, kCache, "actions")->kind, Change::Kind::kAdvisory);
  EXPECT_NE(Find(comparison, kCache, "success")->note.find("non-inferior at 5"), std::string::npos);
  EXPECT_NE(Find(comparison, kCache, "speed-up"), nullptr);
  now.runs.push_back(now.runs[1]);
  now.runs.back().identity.executor = "eager";
  EXPECT_THROW(CompareRuns(Folder(), now, any), Error);  // which of the two?
}

TEST(Compare, ARowThatIsGoneIsARegressionAndANewOneIsNot) {
  RunFolder now = Folder();
  now.runs.pop_back();
  now.manifest.rows.pop_back();
  EXPECT_EQ(Regressions(Folder(), now), Names{kCache + ": row"});
  EXPECT_EQ(Regressions(now, Folder()), Names{});
}

TEST(Compare, WhatIsNotComparableIsRefused) {
  const auto refusal = [](const std::function<void(RunFolder&)>& change) -> std::string {
    RunFolder now = Folder();
    change(now);
    try {
      CompareRuns(Folder(), now, {});
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::kUsage);
      return error.what();
    }
    return "nothing was refused";
  };
  EXPECT_EQ(refusal([](RunFolder& now) { now.runs[1].identity.policy_sha256 = "cd34"; }),
            "not comparable: " + kCache + " is of another policy (sha256 ab12 and cd34)");
  EXPECT_EQ(refusal([](RunFolder& now) { now.runs[0].identity.seed = 5; }),
            "not comparable: the seeds of pusht ddpm dense begin at 100000 and at 5");
  EXPECT_EQ(refusal([](RunFolder& now) { now.runs[0].identity.params["sampler.steps"] = "50"; }),
            "not comparable: sampler.steps of pusht ddpm dense is 100 and 50");
  // A later build may know more knobs.
  EXPECT_EQ(refusal([](RunFolder& now) { now.runs[0].identity.params["sampler.new"] = "1"; }),
            "nothing was refused");
  EXPECT_EQ(refusal([](RunFolder& now) {
              for (RunData& run : now.runs) run.identity.task = "lift";
            }),
            "not comparable: the two runs have no row in common");
}

// Pairs of runs that differ in noise alone, as on another machine: outcomes flip both ways at
// random, times wander. `Alarms` counts the pairs that regress.
int Alarms(int pairs, uint64_t seed) {
  CounterRandom random({.run_seed = seed});
  const RunFolder base = Folder();
  int alarms = 0;
  for (int i = 0; i < pairs; ++i) {
    RunFolder now = Folder();
    now.manifest.context.cpu = "Another CPU";
    for (RunData& run : now.runs) {
      for (EpisodeRecord& episode : run.episodes) {
        if (random.Uniform() < 0.1) episode.success = random.Uniform() < 0.75;
        episode.action_digest = "other";
      }
      for (double& ms : run.latency->ms) ms *= 1.0 + 0.3 * random.Uniform();
    }
    alarms += CompareRuns(base, now, {}).regressed() ? 1 : 0;
  }
  return alarms;
}

TEST(Compare, NoiseRaisesNoAlarm) {
  EXPECT_EQ(Alarms(2, 1), 0);
}

TEST(LongCompare, NoiseRaisesNoAlarm) {
  EXPECT_EQ(Alarms(50, 2), 0);
}

}  // namespace
}  // namespace sagbench
