#include "results/early_stop.h"

#include <gtest/gtest.h>

#include "results/folder_report.h"
#include "tests/results/sample_folder.h"

namespace sagbench {
namespace {

std::vector<bool> DecidedOf(const std::vector<RunData>& runs, int64_t batch = 1) {
  Manifest manifest;
  manifest.batch = batch;
  std::vector<const RunData*> pointers;
  for (const RunData& run : runs) {
    pointers.push_back(&run);
    manifest.rows.push_back({run.identity, 1000});
  }
  return Decided(manifest, pointers);
}

TEST(Decided, ARowIsWhenItsVerdictIsReachedAndTheBaselineWhenAllAre) {
  const std::string ones(100, '1'), zeros(100, '0');
  const RunData dense = SampleRun("ddpm", "dense", ones);
  const RunData same = SampleRun("ddpm", "static-cache:interval=2", ones);
  const RunData worse = SampleRun("ddpm", "static-cache:interval=50", zeros);
  const RunData young = SampleRun("ddpm", "static-cache:interval=3", "1111");
  EXPECT_EQ(DecidedOf({dense, same, worse}), (std::vector<bool>{true, true, true}));
  EXPECT_EQ(DecidedOf({dense, same, young}), (std::vector<bool>{false, true, false}));
}

TEST(Decided, NothingIsWithoutABaselineOrBesideIt) {
  const RunData dense = SampleRun("ddpm", "dense", std::string(100, '1'));
  RunData other = SampleRun("ddpm", "static-cache:interval=2", std::string(100, '1'));
  EXPECT_EQ(DecidedOf({other}), std::vector<bool>{false});
  EXPECT_EQ(DecidedOf({dense}), std::vector<bool>{false});
  other.identity.task = "lift";
  EXPECT_EQ(DecidedOf({dense, other}), (std::vector<bool>{false, false}));
}

// An uninterrupted run looks after whole groups alone.
TEST(Decided, ATornGroupDoesNotCount) {
  const std::vector<RunData> runs = {
      SampleRun("ddpm", "dense", std::string(100, '1')),
      SampleRun("ddpm", "static-cache:interval=2", std::string(99, '1'))};
  EXPECT_EQ(DecidedOf(runs, 3), (std::vector<bool>{true, true}));
  EXPECT_EQ(DecidedOf(runs, 50), (std::vector<bool>{false, false}));
}

TEST(IsEnough, AllSamplesOrThePlansPrecision) {
  LatencyPlan plan{.samples = 100, .warmup = 0, .block_size = 10};
  const LatencySamples forty{std::vector<double>(40, 5.0)};
  EXPECT_FALSE(IsEnough(plan, forty));
  EXPECT_TRUE(IsEnough(plan, {std::vector<double>(100, 5.0)}));
  plan.within = 0.01;
  EXPECT_TRUE(IsEnough(plan, forty));
  EXPECT_FALSE(IsEnough(plan, {}));
  LatencySamples wide = forty;
  for (size_t i = 0; i < wide.ms.size(); ++i) wide.ms[i] += 0.05 * static_cast<double>(i);
  EXPECT_FALSE(IsEnough(plan, wide));
}

class SequentialFolderTest : public FolderTest {};

TEST_F(SequentialFolderTest, ADecidedRowLacksNoEpisodes) {
  std::vector<RunData> runs = SampleRuns();
  for (RunData& run : runs) {
    for (EpisodeRecord& episode : run.episodes) episode.success = &run != &runs[1];
  }
  FillWith(runs);
  RunFolder folder = ReadRunFolder(folder_);
  folder.manifest.margin = 0.05;
  folder.manifest.rows[0].episodes = folder.manifest.rows[1].episodes = 1000;
  EXPECT_FALSE(CoverageOf(folder).complete());
  folder.manifest.sequential = true;
  EXPECT_TRUE(CoverageOf(folder).complete());
  const Report report = ReportOf(folder);
  EXPECT_EQ(report.runs[1].versus_dense->verdict, Verdict::kInferior);
  EXPECT_GE(report.runs[1].versus_dense->evidence->inferior, 20.0);
  EXPECT_NE(report.warnings.front().find("--sequential"), std::string::npos);
}

}  // namespace
}  // namespace sagbench
