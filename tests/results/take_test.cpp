#include "results/take.h"

#include "core/error.h"
#include "tests/results/sample_folder.h"

namespace sagbench {
namespace {

// Two rows of 10 episodes in groups of 4.
class TakeTest : public FolderTest {
 protected:
  TakeTest() {
    FillWith(SampleRuns());
    there_ = ReadRunFolder(folder_);
  }
  std::string Refusal(const Manifest& here) const {
    try {
      TakeFrom(there_, "there", here);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::kUsage);
      return error.what();
    }
    return "nothing was refused";
  }

  RunFolder there_;
};

TEST_F(TakeTest, RowsAreFoundWhereverTheyStand) {
  Manifest here = SampleManifest();
  std::swap(here.rows[0], here.rows[1]);
  const Taken taken = TakeFrom(there_, "there", here);
  ASSERT_EQ(taken.episodes.size(), 20U);
  for (const auto& [row, episode] : taken.episodes) {
    const std::vector<EpisodeRecord>& own = there_.runs[1 - row].episodes;
    const auto index = static_cast<size_t>(episode.seed - own.front().seed);
    EXPECT_EQ(episode.score, own[index].score);
  }
}

// Groups are computed together: 8 of 10 episodes are whole groups of a longer row, and of a shorter
// one only those that it has as well.
TEST_F(TakeTest, TakesWholeGroupsOfBoth) {
  Manifest here = SampleManifest();
  here.rows.resize(1);
  const auto count = [&](int64_t episodes) {
    here.rows[0].episodes = episodes;
    return TakeFrom(there_, "there", here).episodes.size();
  };
  EXPECT_EQ(count(10), 10U);
  EXPECT_EQ(count(20), 8U);
  EXPECT_EQ(count(8), 8U);
  EXPECT_EQ(count(7), 4U);
  there_.runs[0].episodes.erase(there_.runs[0].episodes.begin() + 5);  // torn
  EXPECT_EQ(count(20), 4U);
}

// Of another commit each row's first group is to be checked, whatever knobs either does not know.
TEST_F(TakeTest, AnotherCommitsEpisodesWantAFirstGroupAlike) {
  Manifest here = SampleManifest();
  here.context.commit = "another";
  here.rows[0].identity.params["scheduler.new"] = "1";
  here.rows[0].identity.params["threads"] = "7";
  there_.observations["pusht"] = {1, 1, {0.0F}};
  const Taken taken = TakeFrom(there_, "there", here);
  EXPECT_EQ(taken.episodes.size(), 12U);
  EXPECT_TRUE(taken.observations.empty());
  EXPECT_EQ(taken.episodes[0].second.commit, SampleContext().commit);
  ASSERT_EQ(taken.checks.size(), 2U);
  EXPECT_EQ(taken.checks[0].episodes.size(), 4U);
  // The second row comes out as it did there, the first with a change.
  const auto believed = [&](const std::function<void(std::vector<EpisodeRecord>&)>& change) {
    return CheckTaken(taken, here, [&](const WorkItem& item) {
      std::vector<EpisodeRecord> own = there_.runs[item.row].episodes;
      if (item.row == 0) change(own);
      return own;
    });
  };
  const auto all = believed([](auto& own) { own[0].wall_s += 1.0; });
  EXPECT_EQ(all.episodes.size(), 12U);
  EXPECT_TRUE(all.notices.empty());
  const auto other = believed([](auto& own) { own[2].action_digest += "0"; });
  EXPECT_EQ(other.episodes.size(), 6U);
  ASSERT_EQ(other.notices.size(), 1U);
  const std::string seed = std::to_string(there_.runs[0].episodes[2].seed);
  EXPECT_NE(other.notices[0].find("episode " + seed + " comes out"), std::string::npos);
  EXPECT_EQ(believed([](auto& own) { own.clear(); }).episodes.size(), 6U);
  here.rows[0].identity.params["scheduler.new"] = "1";
  there_.manifest.rows[0].identity.params["scheduler.new"] = "2";
  EXPECT_EQ(TakeFrom(there_, "there", here).checks.size(), 1U);  // another row
}

// The number of threads may change last bits, whoever computed them.
TEST_F(TakeTest, AnotherNumberOfThreadsWantsAFirstGroupAlike) {
  Manifest here = SampleManifest();
  here.rows[0].identity.params["threads"] = "7";
  const Taken taken = TakeFrom(there_, "there", here);
  ASSERT_EQ(taken.checks.size(), 1U);
  EXPECT_EQ(taken.checks[0].item.row, 0U);
  EXPECT_EQ(taken.episodes.size(), 16U);
  for (const auto& [row, episode] : taken.episodes) EXPECT_FALSE(episode.commit);
}

// Where nothing lies behind a row's first group, there is nothing to check.
TEST_F(TakeTest, ALoneGroupIsNotChecked) {
  Manifest here = SampleManifest();
  here.context.commit = "another";
  for (PlannedRow& row : here.rows) row.episodes = 4;
  const Taken taken = TakeFrom(there_, "there", here);
  EXPECT_TRUE(taken.episodes.empty());
  EXPECT_TRUE(taken.checks.empty());
}

// The name of a changed checkout does not say what was built; a version does not change results.
TEST_F(TakeTest, BuildsOfChangedCheckoutsAreChecked) {
  Manifest here = SampleManifest();
  here.context.versions["sagbench"] = "9.9.9";
  EXPECT_TRUE(TakeFrom(there_, "there", here).checks.empty());
  for (const std::string commit : {"unknown", "0123abc-dirty"}) {
    here.context.commit = there_.manifest.context.commit = commit;
    EXPECT_EQ(TakeFrom(there_, "there", here).checks.size(), 2U);
  }
}

TEST_F(TakeTest, AnotherCompilerOrOtherRowsAreRefused) {
  Manifest here = SampleManifest();
  here.context.flags = "-another";
  EXPECT_NE(Refusal(here).find("differs in compiler flags"), std::string::npos);
  here = SampleManifest();
  for (PlannedRow& row : here.rows) row.identity.policy_sha256 = "another";
  EXPECT_EQ(Refusal(here), "nothing can be taken from 'there': it has none of these rows");
}

}  // namespace
}  // namespace sagbench
