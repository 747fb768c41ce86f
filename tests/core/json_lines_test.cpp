#include "core/json_lines.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "core/error.h"
#include "core/files.h"

namespace sagbench {
namespace {

using nlohmann::json;

class JsonLinesFile : public testing::Test {
 protected:
  JsonLinesFile() {
    std::filesystem::remove(path_);
    JsonLinesWriter writer(path_);
    for (int i = 0; i < 3; ++i) writer.Append({{"seed", i}, {"text", "a\n\"\u00e9"}});
    whole_ = ReadFile(path_);
  }

  JsonLines ReadBytes(const std::string& bytes) {
    std::ofstream(path_, std::ios::binary) << bytes;
    return ReadJsonLines(path_);
  }

  const std::filesystem::path path_ =
      std::filesystem::path(testing::TempDir()) /
      ("sagbench_json_lines_test_" + std::to_string(getpid()) + ".jsonl");
  std::string whole_;
};

TEST_F(JsonLinesFile, GivesBackWhatWasAppended) {
  const JsonLines lines = ReadJsonLines(path_);
  ASSERT_EQ(lines.records.size(), 3U);
  EXPECT_EQ(lines.records[2], (json{{"seed", 2}, {"text", "a\n\"\u00e9"}}));
  EXPECT_EQ(lines.intact_bytes, whole_.size());
  EXPECT_EQ(lines.notice, "");
}

TEST_F(JsonLinesFile, LinesArePlainJson) {
  const json line = json::parse(whole_.substr(0, whole_.find('\n')));
  EXPECT_EQ(line["record"]["seed"], 0);
  EXPECT_EQ(line["check"], Sha256Hex(line["record"].dump()).substr(0, 16));
}

TEST_F(JsonLinesFile, EveryTruncationLosesAtMostTheLastLine) {
  for (size_t length = 0; length <= whole_.size(); ++length) {
    const std::string cut = whole_.substr(0, length);
    const auto complete = static_cast<size_t>(std::count(cut.begin(), cut.end(), '\n'));
    const JsonLines lines = ReadBytes(cut);
    EXPECT_EQ(lines.records.size(), complete);
    EXPECT_EQ(lines.notice.empty(), cut.empty() || cut.back() == '\n');
  }
}

TEST_F(JsonLinesFile, WriterContinuesAfterEveryTruncation) {
  for (size_t length = 0; length <= whole_.size(); length += 7) {
    const size_t kept = ReadBytes(whole_.substr(0, length)).records.size();
    JsonLinesWriter(path_).Append("next");
    const JsonLines lines = ReadJsonLines(path_);
    EXPECT_EQ(lines.notice, "");
    ASSERT_EQ(lines.records.size(), kept + 1);
    EXPECT_EQ(lines.records.back(), "next");
  }
}

// Without its newline the last line counts as torn; every other flip is damage.
TEST_F(JsonLinesFile, FlipInEveryByteIsSeen) {
  for (size_t i = 0; i < whole_.size(); ++i) {
    std::string flipped = whole_;
    flipped[i] = static_cast<char>(flipped[i] ^ (1 << (i % 8)));
    if (i < whole_.size() - 1) {
      EXPECT_THROW(ReadBytes(flipped), Error) << i;
    } else {
      EXPECT_EQ(ReadBytes(flipped).records.size(), 2U);
    }
  }
}

TEST_F(JsonLinesFile, ErrorsNameTheLine) {
  whole_[whole_.find('\n') + 40] ^= 1;
  try {
    ReadBytes(whole_);
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kBadFile);
    EXPECT_NE(std::string(error.what()).find("line 2"), std::string::npos) << error.what();
  }
}

TEST_F(JsonLinesFile, UnwritablePlacesAreEnvironmentErrors) {
  try {
    JsonLinesWriter("/nonexistent/a.jsonl");
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kEnvironment);
  }
}

}  // namespace
}  // namespace sagbench
