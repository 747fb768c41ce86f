#include "results/summary.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "core/files.h"
#include "results/exact_intervals.h"
#include "tests/results/sample_runs.h"

namespace sagbench {
namespace {

TEST(Summary, CountsEveryEpisode) {
  const RunReport row = QuickSummary(SampleRuns())[0];
  EXPECT_EQ(row.episodes, 10);
  EXPECT_EQ(row.success->k, 8);
  EXPECT_EQ(row.success->n, 10);
  EXPECT_DOUBLE_EQ(row.success->rate, 0.8);
  EXPECT_EQ(row.success->ci95.lo, WilsonInterval(8, 10).lo);
  EXPECT_DOUBLE_EQ(row.score->mean, 0.9);
  EXPECT_EQ(row.failures, (std::map<std::string, int64_t>{{"timeout", 2}}));
  EXPECT_EQ(row.replans, 8 * 15 + 2 * 38);
  EXPECT_EQ(row.wall_s, 12.5);
}

TEST(Summary, ExactIntervalsAreClopperAndPearsons) {
  EXPECT_FALSE(QuickSummary(SampleRuns())[0].success->exact);
  SummaryOptions options;
  options.bootstrap.resamples = 200;
  options.exact = true;
  const Success success = *Summarise(SampleRuns(), options)[0].success;
  EXPECT_TRUE(success.exact);
  EXPECT_EQ(success.ci95.lo, ClopperPearsonInterval(8, 10).lo);
  EXPECT_EQ(success.ci95.hi, ClopperPearsonInterval(8, 10).hi);
}

// Each task's comparisons are a family: the smallest of n p values is multiplied by n.
TEST(Summary, McNemarIsCorrectedForTheRowsOfTheTask) {
  std::vector<RunData> runs = {SampleRun("ddpm", "dense", "111111111111"),
                               SampleRun("ddpm", "late", "000000000011"),
                               SampleRun("ddpm", "bac", "111111111110")};
  std::vector<RunReport> rows = QuickSummary(runs);
  EXPECT_FALSE(rows[0].versus_dense);
  EXPECT_DOUBLE_EQ(*rows[1].versus_dense->mcnemar_p_holm, 2.0 * rows[1].versus_dense->mcnemar_p);
  EXPECT_EQ(*rows[2].versus_dense->mcnemar_p_holm, 1.0);
  runs.pop_back();
  rows = QuickSummary(runs);
  EXPECT_EQ(*rows[1].versus_dense->mcnemar_p_holm, rows[1].versus_dense->mcnemar_p);
}

TEST(Summary, TheDeadlineIsWhatAChunksActionsLast) {
  std::vector<RunData> runs = SampleRuns();
  EXPECT_FALSE(QuickSummary(runs)[0].deadline);
  for (RunData& run : runs) {
    run.identity.control_period = 0.1;
    run.identity.action_steps = 3;
  }
  const std::vector<RunReport> rows = QuickSummary(runs);
  EXPECT_DOUBLE_EQ(rows[0].deadline->ms, 300.0);
  EXPECT_EQ(rows[0].deadline->missed, 200);
  EXPECT_EQ(rows[0].deadline->share, 1.0);
  EXPECT_DOUBLE_EQ(*rows[0].deadline->actions_per_s, 3000.0 / rows[0].latency_ms->median);
  EXPECT_EQ(rows[1].deadline->missed, 190);  // 10 samples are of 300 ms exactly
  EXPECT_EQ(rows[2].deadline->missed, 0);
  SummaryOptions options;
  options.bootstrap.resamples = 200;
  options.deadline_ms = 2000.0;
  EXPECT_EQ(Summarise(runs, options)[0].deadline->missed, 0);
  EXPECT_FALSE(Summarise(SampleRuns(), options)[0].deadline->actions_per_s);
  runs[0].latency.reset();
  EXPECT_FALSE(Summarise(runs, options)[0].deadline);
}

TEST(Summary, PairsWithDenseBySeedWhateverTheOrder) {
  std::vector<RunData> runs = SampleRuns();
  const RunReport row = QuickSummary(runs)[1];
  std::reverse(runs[1].episodes.begin(), runs[1].episodes.end());
  const RunReport reversed = QuickSummary(runs)[1];
  for (const RunReport& either : {row, reversed}) {
    EXPECT_EQ(either.versus_dense->outcomes.b, 2);
    EXPECT_EQ(either.versus_dense->outcomes.c, 1);
    EXPECT_EQ(either.versus_dense->outcomes.pairs, 10);
    EXPECT_DOUBLE_EQ(either.versus_dense->score_difference->mean, -0.05);
    EXPECT_EQ(either.versus_dense->mcnemar_p, 1.0);
  }
  EXPECT_EQ(row.digest->actions, reversed.digest->actions);
}

TEST(Summary, OnlySharedSeedsArePairs) {
  std::vector<RunData> runs = SampleRuns();
  runs[1].episodes.resize(4);
  EXPECT_EQ(QuickSummary(runs)[1].versus_dense->outcomes.pairs, 4);
  for (EpisodeRecord& episode : runs[1].episodes) episode.seed += 1000;
  EXPECT_FALSE(QuickSummary(runs)[1].versus_dense);
}

TEST(Summary, FlopsAreMeansOverChunks) {
  const std::vector<RunReport> rows = QuickSummary(SampleRuns());
  EXPECT_DOUBLE_EQ(rows[0].flops->per_chunk, 24e9);
  EXPECT_DOUBLE_EQ(rows[1].flops->per_chunk, 6e9);
  EXPECT_DOUBLE_EQ(*rows[1].flops->dense_per_chunk, 24e9);
  EXPECT_DOUBLE_EQ(*rows[1].flops->ratio, 0.25);
  EXPECT_DOUBLE_EQ(*rows[1].speedup->flops, 4.0);
  EXPECT_DOUBLE_EQ(*rows[2].flops->ratio, 0.16);
}

TEST(Summary, SparsityLooksAtTheOwnSampler) {
  const std::vector<RunReport> rows = QuickSummary(SampleRuns());
  EXPECT_DOUBLE_EQ(rows[0].sparsity->cells, 0.0);
  EXPECT_DOUBLE_EQ(rows[1].sparsity->cells, 0.75);
  EXPECT_DOUBLE_EQ(rows[1].sparsity->flops, 0.75);
  EXPECT_DOUBLE_EQ(rows[2].sparsity->cells, 0.0);
}

TEST(Summary, PrunerCountsAsCostAndNotAsSkippable) {
  std::vector<RunData> runs = SampleRuns();
  for (EpisodeRecord& episode : runs[1].episodes) {
    episode.pruner_flops = static_cast<double>(episode.replans) * 1e9;
    episode.flops += episode.pruner_flops;
  }
  const RunReport row = QuickSummary(runs)[1];
  EXPECT_DOUBLE_EQ(row.flops->pruner_per_chunk, 1e9);
  EXPECT_DOUBLE_EQ(row.flops->per_chunk, 7e9);
  EXPECT_DOUBLE_EQ(row.sparsity->flops, 0.75);
}

TEST(Summary, ClockIsRatioOfMedians) {
  const std::vector<RunReport> rows = QuickSummary(SampleRuns());
  EXPECT_EQ(rows[1].latency_ms->median, Median(SampleLatency(300.0).ms));
  EXPECT_EQ(rows[1].latency_ms->max, 300.0 * 1.019);
  EXPECT_NEAR(*rows[1].speedup->latency, 10.0 / 3.0, 1e-9);
  EXPECT_LE(rows[1].speedup->latency_ci95->lo, 10.0 / 3.0 + 1e-9);
  EXPECT_GE(rows[1].speedup->latency_ci95->hi, 10.0 / 3.0 - 1e-9);
}

TEST(Summary, BaselineIsItsOwnMeasure) {
  const RunReport row = QuickSummary(SampleRuns())[0];
  EXPECT_TRUE(row.is_baseline);
  EXPECT_FALSE(row.versus_dense);
  EXPECT_EQ(*row.flops->ratio, 1.0);
  EXPECT_EQ(*row.speedup->latency, 1.0);
  EXPECT_FALSE(row.speedup->latency_ci95);
}

TEST(Summary, WithoutBaselineNothingIsCompared) {
  std::vector<RunData> runs = SampleRuns();
  runs.erase(runs.begin());
  for (const RunReport& row : QuickSummary(runs)) {
    EXPECT_FALSE(row.versus_dense);
    EXPECT_FALSE(row.flops->ratio);
    EXPECT_FALSE(row.speedup);
  }
}

TEST(Summary, BaselineSharesTaskPolicyExecutorAndDevice) {
  for (std::string RunIdentity::*member : {&RunIdentity::task, &RunIdentity::policy_sha256,
                                           &RunIdentity::executor, &RunIdentity::device}) {
    std::vector<RunData> runs = SampleRuns();
    runs[1].identity.*member = "other";
    EXPECT_FALSE(QuickSummary(runs)[1].speedup);
  }
}

TEST(Summary, OnlyDenseUnderFullDdpmIsBaseline) {
  EXPECT_TRUE(IsBaseline(SampleIdentity("ddpm", "dense")));
  EXPECT_FALSE(IsBaseline(SampleIdentity("ddpm:steps=50", "dense")));
  EXPECT_FALSE(IsBaseline(SampleIdentity("ddim", "dense")));
  EXPECT_FALSE(IsBaseline(SampleIdentity("ddpm", "static-cache")));
}

TEST(Summary, TaskDiscriminatesOnlyWhereOneEvaluationIsInferior) {
  const std::string all(60, '1');
  const std::string none(60, '0');
  for (const auto& [outcomes, expected] : std::vector<std::pair<std::string, std::optional<bool>>>{
           {all, false}, {none, true}, {all.substr(0, 50) + none.substr(0, 3), std::nullopt}}) {
    const auto rows =
        QuickSummary({SampleRun("ddpm", "dense", all), SampleRun("single", "dense", outcomes)});
    EXPECT_EQ(rows[0].discriminating, expected);
    EXPECT_EQ(rows[1].discriminating, expected);
  }
  EXPECT_FALSE(QuickSummary(SampleRuns())[0].discriminating);
}

TEST(Summary, UnnamedFailuresAreStillCounted) {
  RunData run = SampleRun("ddpm", "dense", "10");
  run.episodes[1].failure = "";
  EXPECT_EQ(QuickSummary({run})[0].failures.at("unnamed"), 1);
}

TEST(Summary, EmptyRunHasNoFigures) {
  const RunReport row = QuickSummary({SampleRun("ddpm", "dense", "")})[0];
  EXPECT_FALSE(row.success || row.score || row.flops || row.sparsity || row.latency_ms ||
               row.speedup || row.digest);
  EXPECT_TRUE(QuickSummary({}).empty());
}

TEST(Summary, DigestFollowsEveryEpisode) {
  const RunData run = SampleRun("ddpm", "dense", "11");
  EXPECT_EQ(QuickSummary({run})[0].digest->plans, Sha256Hex("p100000\np100001\n"));
  EXPECT_EQ(QuickSummary({run})[0].digest->actions, Sha256Hex("a100000\na100001\n"));
}

}  // namespace
}  // namespace sagbench
