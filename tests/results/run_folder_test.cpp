#include "results/run_folder.h"

#include <fstream>

#include <sys/wait.h>
#include <unistd.h>

#include "core/error.h"
#include "core/files.h"
#include "tests/results/sample_folder.h"
#include "tests/results/sample_plan_map.h"

namespace sagbench {
namespace {

class RunFolderTest : public FolderTest {
 protected:
  void Damage(const char* file, const std::string& bytes) const {
    std::ofstream(folder_ / file, std::ios::binary | std::ios::trunc) << bytes;
  }

  std::string Refusal() const {
    try {
      ReadRunFolder(folder_);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::kBadFile);
      return error.what();
    }
    return "nothing was refused";
  }

  static bool Has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
  }
};

TEST_F(RunFolderTest, ReadsBackWhatWasWritten) {
  const std::vector<RunData> runs = SampleRuns();
  FillWith(runs);
  {
    RunFolderWriter writer(folder_);
    writer.AppendObservations("pusht",
                              {.steps = 2, .size = 3, .values = std::vector<float>(12, 0.1F)});
    writer.Append(0, Spread{std::nullopt, 0.5});
    writer.Append(1, SamplePlanMap());
  }
  const RunFolder folder = ReadRunFolder(folder_);
  ASSERT_EQ(folder.runs.size(), 2U);
  EXPECT_TRUE(folder.notices.empty());
  for (size_t row = 0; row < 2; ++row) {
    EXPECT_EQ(folder.runs[row].identity.scheduler, runs[row].identity.scheduler);
    ASSERT_EQ(folder.runs[row].episodes.size(), 10U);
    EXPECT_EQ(folder.runs[row].episodes[3].flops, runs[row].episodes[3].flops);
    EXPECT_EQ(folder.runs[row].latency->ms, runs[row].latency->ms);
    EXPECT_EQ(folder.runs[row].latency->block_size, 10);
    EXPECT_NEAR(folder.runs[row].latency->phases->denoise, runs[row].latency->phases->denoise,
                1e-6);
    EXPECT_EQ(folder.runs[row].wall_s, 5.0);
  }
  EXPECT_FALSE(folder.runs[0].action_error);
  EXPECT_EQ(folder.runs[1].action_error->max_abs, 1.5);
  EXPECT_EQ(folder.runs[0].spread->mean, 0.5);
  EXPECT_FALSE(folder.runs[0].plan_map);
  EXPECT_EQ(folder.runs[1].plan_map->computed, SamplePlanMap().computed);
  EXPECT_EQ(folder.runs[1].plan_map->replans, SamplePlanMap().replans);
  EXPECT_EQ(folder.observations.at("pusht").values, std::vector<float>(12, 0.1F));
  EXPECT_EQ(folder.latency_host, "here");
}

TEST_F(RunFolderTest, EpisodesComeInTheOrderOfSeedsAndOnlyOnce) {
  const std::vector<RunData> runs = SampleRuns();
  WriteManifest(folder_, SampleManifest());
  {
    RunFolderWriter writer(folder_);
    for (const size_t i : {7, 2, 5, 2}) {
      EpisodeRecord episode = runs[0].episodes[i];
      episode.wall_s = 0.1 * static_cast<double>(i + 1);
      writer.Append(0, episode);
    }
    EpisodeRecord again = runs[0].episodes[2];
    again.wall_s = 99.0;
    writer.Append(0, again);
  }
  const RunFolder folder = ReadRunFolder(folder_);
  ASSERT_EQ(folder.runs[0].episodes.size(), 3U);
  EXPECT_EQ(folder.runs[0].episodes[0].seed, 100002U);
  EXPECT_EQ(folder.runs[0].episodes[2].seed, 100007U);
  RunFolderWriter(folder_).Append(0, [&] {
    EpisodeRecord other = runs[0].episodes[2];
    other.steps += 1;
    return other;
  }());
  EXPECT_TRUE(Has(Refusal(), "line 6: seed 100002 is there twice, with different results"));
}

TEST_F(RunFolderTest, ATornLastLineIsDroppedAndThenOverwritten) {
  FillWith(SampleRuns());
  const std::string bytes = ReadFile(folder_ / "episodes.jsonl");
  Damage("episodes.jsonl", bytes.substr(0, bytes.size() - 7));
  const RunFolder torn = ReadRunFolder(folder_);
  EXPECT_EQ(torn.runs[1].episodes.size(), 9U);
  ASSERT_EQ(torn.notices.size(), 1U);
  EXPECT_TRUE(Has(torn.notices[0], "line 20 was not written to its end"));
  RunFolderWriter(folder_).Append(1, SampleRuns()[1].episodes[9]);
  EXPECT_EQ(ReadFile(folder_ / "episodes.jsonl"), bytes);
}

TEST_F(RunFolderTest, LatencyOfAnotherHostBeginsAnew) {
  FillWith(SampleRuns());
  RunFolderWriter(folder_).AppendLatency("there", {0, 1}, {{{1.0, 2.0}}, {{3.0, 4.0}}});
  const RunFolder folder = ReadRunFolder(folder_);
  EXPECT_EQ(folder.latency_host, "there");
  EXPECT_EQ(folder.runs[0].latency->ms, (std::vector<double>{1.0, 2.0}));
  EXPECT_FALSE(folder.runs[0].latency->phases);
  EXPECT_EQ(folder.runs[1].latency->ms, (std::vector<double>{3.0, 4.0}));
}

TEST_F(RunFolderTest, WhatDoesNotBelongIsRefused) {
  EXPECT_TRUE(Has(Refusal(), "is not a run folder"));
  FillWith(SampleRuns());
  RunFolderWriter writer(folder_);
  EpisodeRecord episode = SampleRuns()[0].episodes[0];
  episode.scheduler = "late";
  writer.Append(0, episode);
  EXPECT_TRUE(Has(Refusal(), "line 21: this episode is not part of the manifest"));
  Damage("episodes.jsonl", "");
  episode = SampleRuns()[0].episodes[0];
  episode.seed += 10;
  writer.Append(0, episode);
  EXPECT_TRUE(Has(Refusal(), "line 1: this episode is not part of the manifest"));
  Damage("episodes.jsonl", "");
  writer.Append(2, SampleRuns()[0].episodes[0]);
  EXPECT_TRUE(Has(Refusal(), "line 1: row 2 is not among the 2 of the manifest"));
  Damage("episodes.jsonl", "");
  PlanMap map = SamplePlanMap();
  map.steps = 4;
  const std::string measurements = ReadFile(folder_ / "measurements.jsonl");
  writer.Append(0, map);
  EXPECT_TRUE(Has(Refusal(), "line 22: this plan map is no grid of 4 steps and 4 blocks"));
  Damage("measurements.jsonl", measurements);
  writer.AppendLatency("here", {0, 1}, {{{1.0}}});
  EXPECT_TRUE(Has(Refusal(), "line 22: these latencies do not fit the manifest"));
}

TEST_F(RunFolderTest, DamageIsRefused) {
  FillWith(SampleRuns());
  std::string bytes = ReadFile(folder_ / "episodes.jsonl");
  bytes[200] ^= 1;
  Damage("episodes.jsonl", bytes);
  EXPECT_TRUE(Has(Refusal(), "line 1 is damaged"));
  Damage("manifest.json", "{\"format\": 1");
  EXPECT_TRUE(Has(Refusal(), "not valid JSON"));
}

TEST_F(RunFolderTest, OnlyOneProcessWritesAtATime) {
  WriteManifest(folder_, SampleManifest());
  const RunFolderWriter writer(folder_);
  const pid_t child = fork();
  if (child == 0) {
    try {
      const RunFolderWriter second(folder_);
    } catch (const Error& error) {
      _exit(Has(error.what(), "another sagbench is writing") ? 7 : 8);
    }
    _exit(0);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 7);
}

}  // namespace
}  // namespace sagbench
