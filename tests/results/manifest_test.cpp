#include "results/manifest.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "tests/results/sample_folder.h"

namespace sagbench {
namespace {

TEST(Manifest, ReadsBackExactly) {
  Manifest manifest = SampleManifest();
  manifest.plans = true;
  manifest.rows[0].identity.control_period = 0.1;
  manifest.rows[0].identity.action_steps = 8;
  manifest.context.gpu = "Some GPU";
  manifest.context.tf32 = true;
  manifest.rows[0].identity.seed = 0xFFFFFFFFFFFFFFFFU;
  const auto json = ToJson(manifest);
  EXPECT_EQ(ToJson(ManifestFromJson(nlohmann::json::parse(json.dump()), "m")), json);
  manifest.latency.reset();
  EXPECT_FALSE(ManifestFromJson(ToJson(manifest), "m").latency);
}

TEST(Manifest, RefusesWhatItCannotUse) {
  const auto whole = ToJson(SampleManifest());
  for (const char* key : {"format", "batch", "margin", "rows", "spread", "context"}) {
    auto missing = whole;
    missing.erase(key);
    EXPECT_THROW(ManifestFromJson(missing, "m"), Error) << key;
  }
  const auto refuses = [&](const char* pointer, const nlohmann::json& value) {
    auto wrong = whole;
    wrong[nlohmann::json::json_pointer(pointer)] = value;
    EXPECT_THROW(ManifestFromJson(wrong, "m"), Error) << pointer;
  };
  refuses("/format", 2);
  refuses("/batch", 0);
  refuses("/rows", nlohmann::json::array());
  refuses("/rows/1/episodes", 0);
  refuses("/rows/1/seed", "1");
  refuses("/latency/block_size", 0);
  refuses("/context/versions", 4);
  EXPECT_THROW(ManifestFromJson(nlohmann::json::array(), "m"), Error);
}

// Two rows of 10 in groups of 4, the second cut to 5: what is done at any time is paired.
TEST(Manifest, WorkItemsGoGroupByGroupThroughTheRows) {
  Manifest manifest = SampleManifest();
  manifest.rows[1].episodes = 5;
  std::vector<std::vector<int64_t>> items;
  for (const WorkItem& item : WorkItems(manifest)) {
    items.push_back({static_cast<int64_t>(item.row), item.first, item.count});
  }
  EXPECT_EQ(items, (std::vector<std::vector<int64_t>>{
                       {0, 0, 4}, {1, 0, 4}, {0, 4, 4}, {1, 4, 1}, {0, 8, 2}}));
}

TEST(Manifest, DifferencesAreNamed) {
  const Manifest there = SampleManifest();
  EXPECT_TRUE(Differences(there, there).empty());
  Manifest here = there;
  here.batch = 8;
  here.rows[1].identity.scheduler = "late";
  here.context.commit = "4567def";
  here.latency->samples = 50;
  here.rows[0].identity.params["sampler.spacing"] = "trailing";
  const std::vector<std::string> differences = Differences(there, here);
  EXPECT_EQ(differences,
            (std::vector<std::string>{
                "batch (there 4, here 8)", "commit (there \"0123abc\", here \"4567def\")",
                "latency samples (there 200, here 50)",
                "sampler.spacing of row 1 (there none, here \"trailing\")",
                "scheduler of row 2 (there \"static-cache:interval=5\", here \"late\")"}));
  EXPECT_TRUE(DescribeDifferences(differences).starts_with("batch (there 4, here 8), commit"));
  EXPECT_TRUE(DescribeDifferences(differences).ends_with(" and 1 more"));
  here = there;
  for (PlannedRow& row : here.rows) row.identity.device = "cuda";
  EXPECT_EQ(Differences(there, here),
            std::vector<std::string>{"device of row 1 and 1 more (there \"cpu\", here \"cuda\")"});
  here.rows.pop_back();
  EXPECT_EQ(Differences(there, here).front(), "number of rows (there 2, here 1)");
}

// Where a run goes on may be another machine, and it may measure more or less.
TEST(Manifest, HostTimeAndWhatIsMeasuredMayDiffer) {
  const Manifest there = SampleManifest();
  Manifest here = there;
  here.latency.reset();
  here.spread = true;
  here.context.host = "elsewhere";
  here.context.cpu = "Another CPU";
  here.context.date = "2027-01-01T00:00:00Z";
  here.context.command_line = "sagbench run --resume";
  EXPECT_TRUE(Differences(there, here).empty());
}

}  // namespace
}  // namespace sagbench
