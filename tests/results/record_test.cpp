#include "results/record.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "tests/results/sample_runs.h"

namespace sagbench {
namespace {

using nlohmann::json;

EpisodeRecord Record() {
  EpisodeRecord record = SampleEpisode(SampleIdentity("ddpm", "dense"), 100007, false);
  record.seed = 0xFFFFFFFFFFFFFFFFU;
  record.flops = 0.1 + 0.2;
  return record;
}

TEST(Record, ReadsBackExactly) {
  const json written = ToJson(Record());
  const json text_and_back = json::parse(written.dump());
  EXPECT_EQ(ToJson(EpisodeFromJson(text_and_back, "line 1")), written);
  EXPECT_EQ(EpisodeFromJson(text_and_back, "line 1").seed, 0xFFFFFFFFFFFFFFFFU);
  EXPECT_EQ(EpisodeFromJson(text_and_back, "line 1").flops, 0.1 + 0.2);
}

TEST(Record, NamesAnotherCommitWhereThereIsOne) {
  EpisodeRecord record = Record();
  EXPECT_FALSE(ToJson(record).contains("commit"));
  record.commit = "0123abc";
  EXPECT_EQ(EpisodeFromJson(ToJson(record), "line 1").commit, "0123abc");
}

TEST(Record, AbsentScoreStaysAbsent) {
  EpisodeRecord record = Record();
  record.score.reset();
  EXPECT_FALSE(ToJson(record).contains("score"));
  EXPECT_FALSE(EpisodeFromJson(ToJson(record), "line 1").score);
}

TEST(Record, EveryMissingOrWrongKeyIsNamed) {
  const json whole = ToJson(Record());
  for (const auto& [key, value] : whole.items()) {
    json wrong = whole;
    wrong[key] = json::array();
    EXPECT_THROW(EpisodeFromJson(wrong, "line 1"), Error) << key;
    json missing = whole;
    missing.erase(key);
    if (key == "score") continue;
    try {
      EpisodeFromJson(missing, "line 1");
      ADD_FAILURE() << key;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::kBadFile);
      EXPECT_EQ(error.what(), "line 1: the key '" + key + "' is missing");
    }
  }
  EXPECT_THROW(EpisodeFromJson(json::array(), "line 1"), Error);
}

TEST(Record, NumbersAreNotCoerced) {
  for (const auto& [key, value] : std::vector<std::pair<const char*, json>>{
           {"seed", -1}, {"seed", 1.0}, {"steps", 1.5}, {"success", 1}, {"flops", nullptr}}) {
    json wrong = ToJson(Record());
    wrong[key] = value;
    EXPECT_THROW(EpisodeFromJson(wrong, "line 1"), Error) << key;
  }
}

}  // namespace
}  // namespace sagbench
