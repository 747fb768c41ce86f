// Shards, merging and comparing as users meet them.
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/tools/tiny_policy_cli.h"

namespace sagbench {
namespace {

namespace fs = std::filesystem;

class MergeCompareCli : public TinyPolicyCli {
 protected:
  // Two rows of 4 episodes in groups of 1, no latency.
  std::string Run(const std::string& out, const std::string& more = "") const {
    return "run --quiet --no-baseline --no-latency --threads 1 --batch 1 --episodes 4 "
           "--sampler ddim:steps=1,ddim:steps=2 --policy " +
           In("policy") + " --out " + In(out) + " " + more;
  }

  // The rows of a report without their times.
  nlohmann::json Rows(const std::string& name) const {
    auto rows = nlohmann::json::parse(ReadAll(folder_ / name / "report.json")).at("runs");
    for (auto& row : rows) row.erase("wall_s");
    return rows;
  }
};

TEST_F(MergeCompareCli, ShardsMergeIntoTheWholeRun) {
  ASSERT_EQ(Call(Run("whole")).code, 0);
  const Outcome first = Call(Run("s1", "--shard 1/2"));
  ASSERT_EQ(first.code, 0) << first.err;
  setenv("PMI_RANK", "1", 1);
  setenv("PMI_SIZE", "2", 1);
  ASSERT_EQ(Call(Run("s2", "--shard auto")).code, 0);
  unsetenv("PMI_RANK");
  unsetenv("PMI_SIZE");

  const Outcome partial = Call("merge " + In("s1") + " --out " + In("partial"));
  EXPECT_EQ(partial.code, 4);
  EXPECT_TRUE(Has(partial.err, "holds 4 of 8 episodes; the rest: sagbench run")) << partial.err;
  EXPECT_TRUE(Has(partial.err, "--out " + In("partial") + " --resume")) << partial.err;
  EXPECT_FALSE(Has(partial.err, "--shard"));
  ASSERT_EQ(Call(Run("partial", "--resume")).code, 0);  // fills the gap
  EXPECT_EQ(Rows("partial"), Rows("whole"));

  const Outcome all = Call("merge " + In("s2") + " " + In("s1") + " --out " + In("all"));
  EXPECT_EQ(all.code, 0) << all.err;
  EXPECT_EQ(Rows("all"), Rows("whole"));

  ExpectRefused("merge " + In("s1") + " --out " + In("all"), 2, "holds a run already");
  ExpectRefused("merge " + In("s1") + " " + In("policy") + " --out " + In("x"), 3,
                "is not a run folder");
  ExpectRefused("merge --out " + In("x"), 2, "DIR");
  ExpectRefused("merge " + In("s1"), 2, "--out");
  ExpectRefused("run --shard 3/2 --out " + In("x"), 2, "valid are auto and i/n");
  ExpectRefused("run --shard 1/2", 2, "name it with --out");
  ExpectRefused("run --sequential --shard 1/2 --out " + In("x"), 2, "--sequential and --shard");
}

TEST_F(MergeCompareCli, CompareFailsOnARegressionAlone) {
  ASSERT_EQ(Call(Run("base")).code, 0);
  ASSERT_EQ(Call(Run("now")).code, 0);
  const std::string compare = "compare " + In("base") + " " + In("now");
  const Outcome same = Call(compare + " --benchmark-action " + In("bench.json"));
  EXPECT_EQ(same.code, 0) << same.err;
  EXPECT_TRUE(Has(same.out, "No regression\n\n10 figures are the same")) << same.out;
  EXPECT_EQ(nlohmann::json::parse(ReadAll(folder_ / "bench.json")).size(), 4U);
  EXPECT_FALSE(Has(same.out, "non-inferior")) << same.out;
  const Outcome all = Call(compare + " --all --any-executor");
  EXPECT_EQ(all.code, 0) << all.err;
  EXPECT_TRUE(Has(all.out, "| same | pusht ddim:steps=1 dense")) << all.out;
  EXPECT_TRUE(Has(all.out, "lost 0, won 0: ")) << all.out;

  fs::copy(folder_ / "now", folder_ / "one", fs::copy_options::recursive);
  auto manifest = nlohmann::json::parse(ReadAll(folder_ / "one" / "manifest.json"));
  manifest["rows"].erase(1);
  std::ofstream(folder_ / "one" / "manifest.json") << manifest;
  const std::string episodes = ReadAll(folder_ / "one" / "episodes.jsonl");
  std::string kept;
  for (size_t at = 0, end = 0; at < episodes.size(); at = end) {
    end = episodes.find('\n', at) + 1;
    const std::string line = episodes.substr(at, end - at);
    if (Has(line, "\"row\":0")) kept += line;
  }
  std::ofstream(folder_ / "one" / "episodes.jsonl") << kept;
  const Outcome regression = Call("compare " + In("base") + " " + In("one") + " --json " +
                                  In("c.json") + " --markdown " + In("c.md"));
  EXPECT_EQ(regression.code, 1) << regression.err;
  EXPECT_TRUE(Has(regression.out, "1 regression"));
  EXPECT_TRUE(Has(regression.out, "pusht ddim:steps=2 dense")) << regression.out;
  EXPECT_EQ(ReadAll(folder_ / "c.md"), regression.out);
  EXPECT_EQ(nlohmann::json::parse(ReadAll(folder_ / "c.json")).at("regressed"), true);

  ExpectRefused("compare " + In("base"), 2, "NEW");
  ExpectRefused(compare + " --margin 0", 2, "--margin");
  ExpectRefused(compare + " --gate-time 0", 2, "--gate-time");
  manifest["rows"][0]["policy_sha256"] = "0123";
  std::ofstream(folder_ / "one" / "manifest.json") << manifest;
  ExpectRefused("compare " + In("base") + " " + In("one"), 2,
                "not comparable: pusht ddim:steps=1 dense is of another policy");
}

}  // namespace
}  // namespace sagbench
