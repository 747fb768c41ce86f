// What happens to run folders besides kills: nothing lost, nothing counted twice, one sentence.
#include <map>

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/tools/small_disk.h"
#include "tests/tools/small_runs.h"

namespace sagbench {
namespace {

namespace fs = std::filesystem;

class MishapTest : public SmallRuns {
 protected:
  // A copy of the folder "whole" of which a file ends after so many bytes.
  void CopyCut(const std::string& out, const std::string& file, size_t length) const {
    fs::remove_all(folder_ / out);
    fs::copy(folder_ / "whole", folder_ / out, fs::copy_options::recursive);
    fs::resize_file(folder_ / out / file, length);
  }

  // The bytes of each file.
  std::map<std::string, std::string> FilesIn(const std::string& out) const {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::directory_iterator(folder_ / out)) {
      files[entry.path().filename().string()] = ReadAll(entry.path());
    }
    return files;
  }

  static void ExpectSentence(const Outcome& outcome, int code,
                             const std::vector<std::string>& parts) {
    EXPECT_EQ(outcome.code, code) << outcome.err;
    EXPECT_TRUE(IsOneSentence(outcome.err)) << outcome.err;
    for (const std::string& part : parts) {
      EXPECT_TRUE(Has(outcome.err, part)) << outcome.err << "lacks " << part;
    }
  }
};

// Cut after its first byte, in its middle, before its newline.
TEST_F(MishapTest, ATornLastLineIsComputedAgain) {
  ASSERT_EQ(Run("whole").code, 0);
  for (const std::string file : {"episodes.jsonl", "measurements.jsonl"}) {
    const std::string bytes = ReadAll(folder_ / "whole" / file);
    const size_t line = bytes.rfind('\n', bytes.size() - 2) + 1;
    for (const size_t length : {line + 1, (line + bytes.size()) / 2, bytes.size() - 1}) {
      CopyCut("torn", file, length);
      ExpectSentence(Run("torn"), 0, {In("torn") + "/" + file, "was not written to its end"});
      ExpectWhole("torn");
    }
  }
}

// Some KiB more are free each time, so that the disk is full wherever a run writes.
TEST_F(MishapTest, AFullDiskLosesNothing) {
  const SmallDisk disk(folder_ / "disk");
  if (!disk.problem().empty()) GTEST_SKIP() << disk.problem();
  ASSERT_EQ(Run("whole").code, 0);
  int refused = 0;
  Outcome outcome;
  for (size_t free = 0; free < SmallDisk::kSize; free += 8192) {
    disk.LeaveFree(free);
    outcome = Run("disk/run");
    if (outcome.code == 0) break;
    ++refused;
    outcome.err.erase(0, outcome.err.rfind("sagbench: "));  // what was torn before is named first
    ExpectSentence(outcome, 5, {In("disk/run"), "No space left on device"});
    for (const auto& [name, bytes] : FilesIn("disk/run")) EXPECT_FALSE(name.ends_with(".tmp"));
  }
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_GT(refused, 3);
  ExpectWhole("disk/run");
}

// Root may write wherever only permissions forbid it: for root the whole disk is read-only.
TEST_F(MishapTest, AReadOnlyFolderIsRefusedAndStaysAsItIs) {
  const SmallDisk disk(folder_ / "disk");
  const bool root = geteuid() == 0;
  if (root && !disk.problem().empty()) GTEST_SKIP() << disk.problem();
  ASSERT_EQ(Run("whole").code, 0);
  CopyCut("disk/run", "episodes.jsonl", ReadAll(folder_ / "whole" / "episodes.jsonl").size() / 2);
  const auto before = FilesIn("disk/run");
  const std::string reason = root ? "Read-only file system" : "Permission denied";
  const auto set_writable = [&](bool writable) {
    if (root) return disk.SetWritable(writable);
    const fs::perms kept = writable ? fs::perms::owner_all : fs::perms(0500);
    for (const char* name : {"disk/run", "disk"}) fs::permissions(folder_ / name, kept);
    return true;
  };

  ASSERT_TRUE(set_writable(false));
  ExpectSentence(Run("disk/run"), 5, {In("disk/run") + "'", reason});
  ExpectSentence(Run("disk/new"), 5, {In("disk/new") + "'", reason});
  ExpectRefused("merge " + In("whole") + " --out " + In("disk/new"), 5, reason);
  EXPECT_EQ(FilesIn("disk/run"), before);
  ASSERT_TRUE(set_writable(true));
  EXPECT_EQ(Run("disk/run").code, 0);
  ExpectWhole("disk/run");
}

// Two shards, then three, one of which goes on in a folder of the two.
TEST_F(MishapTest, AShardSplitMayChangeMidway) {
  ASSERT_EQ(Run("whole").code, 0);
  ASSERT_EQ(Run("a", "--shard 1/2").code, 0);
  EXPECT_EQ(EpisodesIn("a"), 6U);
  const fs::path episodes = folder_ / "a" / "episodes.jsonl";
  fs::resize_file(episodes, ReadAll(episodes).size() - 7);
  ExpectSentence(Run("a", "--shard 1/3"), 0, {"line 6 was not written to its end"});
  ASSERT_EQ(Run("b", "--shard 2/3").code, 0);
  ASSERT_EQ(Run("c", "--shard 3/3").code, 0);
  const Outcome merged =
      Call("merge " + In("a") + " " + In("b") + " " + In("c") + " --out " + In("merged"));
  EXPECT_EQ(merged.code, 4);  // what is of one machine is missing
  EXPECT_TRUE(Has(merged.err, "sagbench: 3 episodes were there more than once")) << merged.err;
  EXPECT_TRUE(Has(merged.err, "12 of 12 episodes")) << merged.err;
  ASSERT_EQ(Run("merged").code, 0);
  ExpectWhole("merged");
}

TEST_F(MishapTest, ATableThatCannotBeWrittenIsAnError) {
  ExpectRefused("list samplers >/dev/full", 5, "No space left on device");
}

}  // namespace
}  // namespace sagbench
