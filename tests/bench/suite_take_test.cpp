#include <algorithm>

#include <gtest/gtest.h>

#include "core/files.h"
#include "tests/bench/small_suite.h"

namespace sagbench {
namespace {

namespace fs = std::filesystem;

// Rows that come from other run folders.
class SuiteTakeTest : public SmallSuite {};

// A shard may have a row's first group and not the observations that were recorded in it.
TEST_F(SuiteTakeTest, RecordsTheObservationsThatWereNotTaken) {
  RunSuite(Into("whole"), {});
  RunSuite(Into("there"), {});
  const fs::path measurements = folder_ / "there" / "measurements.jsonl";
  WriteFileAtomically(measurements, "");
  SuiteRequest request = Into("here");
  request.take = {folder_ / "there"};
  RunSuite(request, {});
  EXPECT_TRUE(CoverageOf(ReadRunFolder(request.folder)).complete());
  EXPECT_EQ(Untimed("here"), Untimed("whole"));
}

// A table grows by rows: those that another folder has are not computed again.
TEST_F(SuiteTakeTest, TakesTheRowsThatAnotherRunHas) {
  RunSuite(Into("whole"), {});
  SuiteRequest dense = Into("dense"), rest = Into("rest");
  dense.rows = {request_.rows[0]};
  dense.rows[0].schedulers = {"dense"};
  rest.rows = {request_.rows[1], request_.rows[0]};
  rest.rows[1].schedulers = {"static-cache:interval=2"};
  rest.measure_latency = false;
  RunSuite(dense, {});
  RunSuite(rest, {});
  SuiteRequest table = Into("table");
  table.take = {dense.folder, rest.folder};
  std::vector<Progress> seen;
  RunSuite(table, [&](const Progress& progress) { seen.push_back(progress); });
  EXPECT_EQ(seen.front().resumed, 13);  // all of them
  EXPECT_EQ(Untimed("table"), Untimed("whole"));
  // Taken once, whatever is asked again.
  table.resume = true;
  RunSuite(table, {});
  EXPECT_EQ(Untimed("table"), Untimed("whole"));
}

TEST_F(SuiteTakeTest, TakesNothingFromAnotherRun) {
  SuiteRequest other = Into("other");
  other.settings.batch = 3;
  RunSuite(other, {});
  SuiteRequest table = Into("table");
  table.take = {other.folder};
  EXPECT_NE(Refusal(table).find("differs in batch (there 3, here 2)"), std::string::npos);
  EXPECT_FALSE(IsRunFolder(table.folder));  // nothing was begun
  table.settings.batch = 3;
  table.settings.seed += 1000;  // other rows
  EXPECT_NE(Refusal(table).find("has none of these rows"), std::string::npos);
}

// Another commit's rows are taken if this one computes their first group alike.
TEST_F(SuiteTakeTest, TakesWhatAnotherCommitComputedAlike) {
  RunSuite(Into("whole"), {});
  SuiteRequest other = Into("other");
  other.context.commit = "another";
  other.measure_latency = false;
  RunSuite(other, {});
  SuiteRequest table = Into("table");
  table.take = {other.folder};
  EXPECT_TRUE(RunSuite(table, {}).notices.empty());
  EXPECT_EQ(RowsOf("table"), RowsOf("whole"));
  const Report report = ReportOf(ReadRunFolder(table.folder));
  EXPECT_TRUE(
      std::any_of(report.warnings.begin(), report.warnings.end(), [](const std::string& warning) {
        return warning.find("Commit another computed 7 episodes of 3 rows") == 0;
      }));

  // One that came out otherwise.
  RunFolder wrong = ReadRunFolder(other.folder);
  wrong.manifest.rows.resize(1);
  wrong.runs[0].episodes[1].action_digest = "other";
  const fs::path folder = Into("wrong").folder;
  fs::create_directories(folder);
  WriteManifest(folder, wrong.manifest);
  RunFolderWriter writer(folder);
  for (const EpisodeRecord& episode : wrong.runs[0].episodes) writer.Append(0, episode);
  table = Into("anew");
  table.take = {folder};
  const std::vector<std::string> notices = RunSuite(table, {}).notices;
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_NE(notices[0].find("comes out otherwise"), std::string::npos);
  EXPECT_EQ(RowsOf("anew"), RowsOf("whole"));
}

}  // namespace
}  // namespace sagbench
