#pragma once

#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "results/run_folder.h"
#include "tests/results/sample_runs.h"

namespace sagbench {

// Dense and a cache, 10 episodes each in groups of 4, latency in blocks of 10, no spread.
inline Manifest SampleManifest() {
  Manifest manifest;
  for (const RunData& run : SampleRuns()) {
    if (run.identity.sampler == "ddpm") manifest.rows.push_back({run.identity, 10});
  }
  manifest.batch = 4;
  manifest.latency = LatencyPlan{.samples = 200, .warmup = 20, .block_size = 10};
  manifest.context = SampleContext();
  return manifest;
}

// A folder of its own for each test, removed with it.
class FolderTest : public testing::Test {
 protected:
  FolderTest() { std::filesystem::create_directories(folder_); }
  ~FolderTest() override { std::filesystem::remove_all(folder_); }

  // Writes the sample manifest and all that was measured for it.
  void FillWith(const std::vector<RunData>& runs) const {
    WriteManifest(folder_, SampleManifest());
    RunFolderWriter writer(folder_);
    for (size_t row = 0; row < 2; ++row) {
      for (const EpisodeRecord& episode : runs[row].episodes) writer.Append(row, episode);
    }
    for (size_t first = 0; first < 200; first += 10) {
      std::vector<LatencySamples> round;
      for (size_t row = 0; row < 2; ++row) {
        const LatencySamples& all = *runs[row].latency;
        const auto from = all.ms.begin() + static_cast<std::ptrdiff_t>(first);
        round.push_back({{from, from + 10}, all.block_size, all.phases});
        *round.back().phases /= 20.0;
      }
      writer.AppendLatency("here", {0, 1}, round);
    }
    writer.Append(1, ActionError{0.25, 1.5});
  }

  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) /
      (std::string("sagbench_folder_") +
       testing::UnitTest::GetInstance()->current_test_info()->test_suite_name() + "_" +
       testing::UnitTest::GetInstance()->current_test_info()->name());
};

}  // namespace sagbench
