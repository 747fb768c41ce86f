// Run folders and suite files as users meet them.
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/build_info.h"
#include "tests/tools/tiny_policy_cli.h"

namespace sagbench {
namespace {

namespace fs = std::filesystem;

class RunFolderCli : public TinyPolicyCli {
 protected:
  // A suite file with this text, and the command that runs it.
  std::string Suite(const std::string& text) const {
    std::ofstream(folder_ / "suite.json") << text;
    return "run --quiet --policy " + (folder_ / "policy").string() + " --config " +
           (folder_ / "suite.json").string();
  }
};

constexpr const char* kSuite = R"({
  "no-baseline": true, "no-latency": true, "threads": 1, "episodes": 1, "sampler": "ddim:steps=1",
  "rows": [{"scheduler": ["dense", "late:rate=0.5"], "episodes": 2},
           {"sampler": ["ddim:steps=2"], "scheduler": "dense"}]})";

TEST_F(RunFolderCli, ASuiteFileGivesRowsOfTheirOwnLength) {
  const std::string out = (folder_ / "out").string();
  const Outcome outcome = Call(Suite(kSuite) + " --out " + out);
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const auto runs = nlohmann::json::parse(ReadAll(folder_ / "out" / "report.json")).at("runs");
  ASSERT_EQ(runs.size(), 3U);
  EXPECT_EQ(runs[1].at("scheduler"), "late:rate=0.5");
  EXPECT_EQ(runs[1].at("episodes"), 2);
  EXPECT_EQ(runs[2].at("sampler"), "ddim:steps=2");
  EXPECT_EQ(runs[2].at("episodes"), 1);

  ExpectRefused(Suite(kSuite) + " --out " + out, 2, "add --resume");
  ExpectRefused(Suite(kSuite) + " --resume --seed 5 --out " + out, 2,
                "seed of row 1 and 2 more (there 100000, here 5)");
  const Outcome again = Call(Suite(kSuite) + " --resume --out " + out);
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(again.out, outcome.out);
  EXPECT_EQ(again.err, "");
}

TEST_F(RunFolderCli, ANewRowTakesTheOthersAlong) {
  const std::string old = (folder_ / "old").string(), table = (folder_ / "table").string();
  ASSERT_EQ(Call(Suite(kSuite) + " --out " + old).code, 0);
  const std::string suite = R"({
    "no-baseline": true, "no-latency": true, "threads": 1, "episodes": 1, "sampler": "ddim:steps=1",
    "rows": [{"scheduler": ["dense", "random:rate=0.5"], "episodes": 2}]})";
  ExpectRefused(Suite(suite) + " --resume --out " + old, 2,
                "number of rows (there 3, here 2): name another folder, and take what both have "
                "with --take " +
                    old);
  const Outcome outcome = Call(Suite(suite) + " --take " + old + " --out " + table);
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const auto first_line = [](const std::string& text) { return text.substr(0, text.find('\n')); };
  // A changed checkout's program computes them again: its commit does not say what it is.
  if (!GetBuildInfo().commit.ends_with("-dirty")) {
    EXPECT_EQ(first_line(ReadAll(folder_ / "table" / "episodes.jsonl")),
              first_line(ReadAll(folder_ / "old" / "episodes.jsonl")));
  }
  ExpectRefused(Suite(suite) + " --take " + old, 2, "--out");
  ExpectRefused(Suite(suite) + " --take /no/such --out " + table + "2", 3, "/no/such");
  ExpectRefused(Suite(suite) + " --seed 5 --take " + old + " --out " + table + "3", 2,
                "none of these rows");
}

TEST_F(RunFolderCli, WhatIsTypedWinsOverTheFileAndItsRows) {
  const Outcome outcome = Call(Suite(kSuite) + " --episodes 1 --sampler ddim:steps=3 --json " +
                               (folder_ / "report.json").string());
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  const auto runs = nlohmann::json::parse(ReadAll(folder_ / "report.json")).at("runs");
  ASSERT_EQ(runs.size(), 2U);  // both dense rows are one now
  for (const auto& run : runs) {
    EXPECT_EQ(run.at("sampler"), "ddim:steps=3");
    EXPECT_EQ(run.at("episodes"), 1);
  }
}

TEST_F(RunFolderCli, WrongSuiteFilesAreRefused) {
  ExpectRefused(Suite("{\"tasks\": \"pusht\"}"), 2, "unknown key 'tasks'");
  ExpectRefused(Suite("{\"resume\": true}"), 2, "unknown key 'resume'");
  ExpectRefused(Suite("{\"episodes\": 0}"), 2, "1 or more");
  ExpectRefused(Suite("{\"episodes\": {}}"), 2, "'episodes' is {}");
  ExpectRefused(Suite("{\"scheduler\": [1]}"), 2, "'scheduler' holds 1, not a text");
  ExpectRefused(Suite("{\"rows\": []}"), 2, "'rows' must be a list of objects");
  ExpectRefused(Suite("{\"rows\": [1]}"), 2, "the row 1 is no object");
  ExpectRefused(Suite("{\"rows\": [{\"seed\": 1}]}"), 2, "unknown key 'seed' in a row: valid are");
  ExpectRefused(Suite("{\"rows\": [{\"episodes\": -1}]}"), 2, "1 or more");
  ExpectRefused(Suite("[]"), 2, "must be a JSON object");
  ExpectRefused(Suite("{"), 3, "not valid JSON");
  ExpectRefused("run --config " + (folder_ / "none").string(), 3, "cannot read");
  ExpectRefused("run --resume", 2, "name it with --out");
}

TEST_F(RunFolderCli, WrongOptionsOfARunAreRefused) {
  ExpectRefused("run --video 2", 2, "name it with --out");
  ExpectRefused("run --within 0", 2, "--within");
  ExpectRefused("run --real-time 0", 2, "--real-time is '0'");
  ExpectRefused("run --real-time soon", 2, "valid are milliseconds");
  ExpectRefused("run --real-time nan", 2, "valid are milliseconds");
  ExpectRefused("run --real-time measured --shard 1/2 --out x", 2, "state the milliseconds");
}

TEST_F(RunFolderCli, SaysWhereItsTimeWent) {
  const std::string run = "run --policy " + (folder_ / "policy").string() +
                          " --sampler ddim:steps=2 --episodes 1 --no-baseline "
                          "--samples 2 --warmup 0 --real-time measured ";
  const Outcome outcome = Call(run);
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  for (const char* part : {"loading", "network", "simulation", "bookkeeping", "latency"}) {
    EXPECT_TRUE(Has(outcome.err, part)) << outcome.err;
  }
  EXPECT_TRUE(Has(outcome.out, "thinks ms")) << outcome.out;
  EXPECT_TRUE(Has(outcome.out, "ms by phase")) << outcome.out;
  EXPECT_EQ(Call(run + "--quiet").err, "");
}

TEST_F(RunFolderCli, ReportMakesTheReportsAgain) {
  const fs::path out = folder_ / "out";
  const Outcome run = Call(Suite(kSuite) + " --out " + out.string());
  ASSERT_EQ(run.code, 0) << run.err;
  const std::string json = ReadAll(out / "report.json");
  fs::remove(out / "report.json");
  fs::remove(out / "report.md");
  const Outcome report = Call("report " + out.string());
  EXPECT_EQ(report.code, 0) << report.err;
  EXPECT_EQ(report.out, run.out);
  EXPECT_EQ(ReadAll(out / "report.json"), json);
  EXPECT_EQ(ReadAll(out / "report.md"), run.out);

  std::ofstream(out / "episodes.jsonl", std::ios::trunc) << "{\"check\":\"torn";
  const Outcome torn = Call("report " + out.string());
  EXPECT_EQ(torn.code, 4);
  EXPECT_TRUE(Has(torn.err, "was not written to its end")) << torn.err;
  EXPECT_TRUE(Has(torn.err, "is incomplete: 0 of 5 episodes")) << torn.err;
  EXPECT_TRUE(Has(torn.err, "--resume")) << torn.err;
  ExpectRefused("report " + folder_.string(), 3, "is not a run folder");
  ExpectRefused("report", 2, "DIR");
}

}  // namespace
}  // namespace sagbench
