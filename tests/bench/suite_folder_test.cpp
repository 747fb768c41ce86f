#include "bench/suite_folder.h"

#include <gtest/gtest.h>

#include "core/files.h"
#include "tests/bench/small_suite.h"

namespace sagbench {
namespace {

namespace fs = std::filesystem;

class SuiteFolderTest : public SmallSuite {};

TEST_F(SuiteFolderTest, AFolderHoldsWhatTheSuiteReturns) {
  const SuiteResult result = RunSuite(Into("a"), {});
  const RunFolder folder = ReadRunFolder(folder_ / "a");
  EXPECT_TRUE(CoverageOf(folder).complete());
  ASSERT_EQ(folder.runs.size(), 3U);
  EXPECT_EQ(folder.runs[2].episodes.size(), 3U);
  Report kept = ReportOf(folder);
  Report returned{kept.context, kept.warnings, result.runs};
  EXPECT_EQ(ReportJsonText(kept), ReportJsonText(returned));
}

TEST_F(SuiteFolderTest, GoesOnWhereverItWasInterrupted) {
  RunSuite(Into("whole"), {});
  SuiteRequest request = Into("parts");
  Interrupt(request, "rollouts", 4);
  const size_t first = ReadRunFolder(request.folder).runs[0].episodes.size();
  EXPECT_GE(first, 1U);
  EXPECT_LT(first, 5U);
  request.resume = true;
  Interrupt(request, "rollouts", 8);
  Interrupt(request, "latency", 2);
  EXPECT_EQ(ReadRunFolder(request.folder).runs[0].latency->ms.size(), 2U);
  std::vector<Progress> seen;
  RunSuite(request, [&](const Progress& progress) { seen.push_back(progress); });
  EXPECT_EQ(seen.front().resumed, 13);
  EXPECT_EQ(Untimed("parts"), Untimed("whole"));
  EXPECT_EQ(ReadRunFolder(request.folder).runs[0].latency->ms.size(), 4U);
}

// What another run is writing stays as it is, its manifest included.
TEST_F(SuiteFolderTest, ARunInProgressKeepsItsManifest) {
  SuiteRequest request = Into("a");
  request.measure_latency = false;
  RunSuite(request, {});
  const std::string before = ReadFile(folder_ / "a" / "manifest.json");
  {
    const RunFolderWriter writer(request.folder);
    request.measure_latency = true;
    request.resume = true;
    EXPECT_NE(Refusal(request).find("another"), std::string::npos);
    EXPECT_EQ(ReadFile(folder_ / "a" / "manifest.json"), before);
  }
  request.context.command_line = "run with latency";
  RunSuite(request, {});
  const RunFolder folder = ReadRunFolder(request.folder);
  EXPECT_TRUE(CoverageOf(folder).complete());
  EXPECT_EQ(folder.manifest.context.command_line, "run with latency");  // it does all of it
}

// A group of which one episode was written is computed again as a whole, and completed.
TEST_F(SuiteFolderTest, CompletesATornGroup) {
  RunSuite(Into("whole"), {});
  const std::string bytes = ReadFile(folder_ / "whole" / "episodes.jsonl");
  fs::copy(folder_ / "whole", folder_ / "torn");
  const size_t three_lines = bytes.find('\n', bytes.find('\n', bytes.find('\n') + 1) + 1) + 1;
  WriteFileAtomically(folder_ / "torn" / "episodes.jsonl", bytes.substr(0, three_lines + 20));
  SuiteRequest request = Into("torn");
  request.resume = true;
  const SuiteResult result = RunSuite(request, {});
  ASSERT_EQ(result.notices.size(), 1U);
  EXPECT_NE(result.notices[0].find("line 4 was not written to its end"), std::string::npos);
  EXPECT_EQ(Untimed("torn"), Untimed("whole"));
  EXPECT_EQ(ReadJsonLines(request.folder / "episodes.jsonl").records.size(), 13U);
}

TEST_F(SuiteFolderTest, AFinishedRunIsNotRunAgain) {
  RunSuite(Into("a"), {});
  const std::string before = ReadFile(folder_ / "a" / "measurements.jsonl");
  SuiteRequest request = Into("a");
  request.resume = true;
  RunSuite(request, {});
  EXPECT_EQ(ReadFile(folder_ / "a" / "measurements.jsonl"), before);
}

// A folder of an earlier version gets what it lacks, once.
TEST_F(SuiteFolderTest, PlanMapsAreMeasuredOnce) {
  RunSuite(Into("a"), {});
  RunFolder folder = ReadRunFolder(folder_ / "a");
  EXPECT_TRUE(folder.manifest.plans);
  ASSERT_TRUE(folder.runs[1].plan_map.has_value());
  EXPECT_FALSE(folder.runs[0].plan_map.has_value());  // dense
  const PlanMap& map = *folder.runs[1].plan_map;
  EXPECT_EQ(map.steps, 2);
  EXPECT_EQ(map.blocks, static_cast<int64_t>(map.block_names.size()));
  EXPECT_GT(map.observations, 1);
  EXPECT_EQ(map.replans.size(), 1U);  // a static cache's plan is always the same
  EXPECT_EQ(map.replans_seen, 12);
  EXPECT_EQ(map.computed.front(), 1.0);
  EXPECT_EQ(map.computed.back(), 0.0);

  const fs::path file = folder_ / "a" / "measurements.jsonl";
  const std::string bytes = ReadFile(file);
  std::string without;
  for (size_t at = 0; at < bytes.size(); at = bytes.find('\n', at) + 1) {
    const std::string line = bytes.substr(at, bytes.find('\n', at) + 1 - at);
    if (line.find("\"plans\"") == std::string::npos) without += line;
  }
  ASSERT_NE(without, bytes);
  WriteFileAtomically(file, without);
  SuiteRequest request = Into("a");
  request.resume = true;
  RunSuite(request, {});
  const RunFolder again = ReadRunFolder(folder_ / "a");
  EXPECT_TRUE(CoverageOf(again).complete());
  EXPECT_EQ(again.runs[1].plan_map->computed, map.computed);
}

TEST_F(SuiteFolderTest, AnotherRunIsRefused) {
  request_.measure_latency = false;
  SuiteRequest request = Into("a");
  RunSuite(request, {});
  EXPECT_NE(Refusal(request).find("add --resume"), std::string::npos);
  request.resume = true;
  request.settings.seed = 7;
  EXPECT_NE(Refusal(request).find("seed of row 1 and 2 more (there 100000, here 7)"),
            std::string::npos);
  request = Into("a");
  request.resume = true;
  request.rows[1].episodes = 4;
  EXPECT_NE(Refusal(request).find("episodes of row 3 (there 3, here 4)"), std::string::npos);
}

// Without latency first, when the machine is busy; with it later.
TEST_F(SuiteFolderTest, LatencyAndSpreadMayBeAddedLater) {
  request_.measure_latency = false;
  SuiteRequest request = Into("a");
  RunSuite(request, {});
  EXPECT_FALSE(ReadRunFolder(request.folder).manifest.latency);
  request.resume = request.measure_latency = request.measure_spread = true;
  RunSuite(request, {});
  RunFolder folder = ReadRunFolder(request.folder);
  EXPECT_TRUE(CoverageOf(folder).complete());
  EXPECT_EQ(folder.runs[2].latency->ms.size(), 4U);
  EXPECT_TRUE(folder.runs[2].spread.has_value());
  request.measure_latency = false;
  RunSuite(request, {});
  EXPECT_TRUE(ReadRunFolder(request.folder).manifest.latency.has_value());
}

TEST_F(SuiteFolderTest, LatencyIsOfOneHost) {
  SuiteRequest request = Into("a");
  Interrupt(request, "latency", 2);
  request.resume = true;
  request.context.host = "there";
  RunSuite(request, {});
  const RunFolder folder = ReadRunFolder(request.folder);
  EXPECT_EQ(folder.latency_host, "there");
  EXPECT_EQ(folder.runs[0].latency->ms.size(), 4U);
  request.context.host = "elsewhere";
  RunSuite(request, {});
  EXPECT_EQ(ReadRunFolder(request.folder).latency_host, "there");
}

TEST_F(SuiteFolderTest, ObservationsPackExactly) {
  const at::Tensor batch = SampleObservations(TinyConfig(), FirstRows(3));
  const std::vector<at::Tensor> unpacked = Unpack(Pack({batch[0], batch[1], batch[2]}));
  ASSERT_EQ(unpacked.size(), 3U);
  for (int64_t i = 0; i < 3; ++i) EXPECT_TRUE(unpacked[static_cast<size_t>(i)].equal(batch[i]));
}

}  // namespace
}  // namespace sagbench
