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
  there_.observations["pusht"] = {1, 1, {0.0F}};
  const Taken taken = TakeFrom(there_, "there", here);
  EXPECT_EQ(taken.episodes.size(), 12U);
  EXPECT_TRUE(taken.observations.empty());
  EXPECT_EQ(taken.episodes[0].second.commit, SampleContext().commit);
  ASSERT_EQ(taken.checks.size(), 2U);
  std::vector<EpisodeRecord> own = there_.runs[0].episodes;
  for (EpisodeRecord& episode : own) episode.wall_s += 1.0;
  EXPECT_EQ(taken.checks[0].episodes.size(), 4U);
  EXPECT_EQ(FirstUnlike(taken.checks[0].episodes, own), std::nullopt);
  own[2].action_digest += "0";
  EXPECT_EQ(FirstUnlike(taken.checks[0].episodes, own), own[2].seed);
  own.erase(own.begin());
  EXPECT_EQ(FirstUnlike(taken.checks[0].episodes, own), there_.runs[0].episodes[0].seed);
  here.rows[0].identity.params["scheduler.new"] = "1";
  there_.manifest.rows[0].identity.params["scheduler.new"] = "2";
  EXPECT_EQ(TakeFrom(there_, "there", here).checks.size(), 1U);  // another row
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
