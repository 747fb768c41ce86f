#include "core/files.h"

#include <algorithm>
#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

#include "core/error.h"

namespace sagbench {
namespace {

namespace fs = std::filesystem;

class Files : public testing::Test {
 protected:
  Files() { fs::create_directories(folder_); }
  ~Files() override { fs::remove_all(folder_); }

  size_t FilesThere() const {
    return static_cast<size_t>(
        std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }

  const fs::path folder_ =
      fs::path(testing::TempDir()) / ("sagbench_files_test_" + std::to_string(getpid()));
};

template <class Call>
ExitCode CodeOf(Call call) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_GT(std::string(error.what()).size(), 10U);
    return error.code();
  }
  return ExitCode::kDone;
}

TEST_F(Files, WriteReplacesTheWholeFile) {
  const fs::path path = folder_ / "a.bin";
  const std::string bytes("\0\n\xff x", 5);
  WriteFileAtomically(path, std::string(100, 'x'));
  WriteFileAtomically(path, bytes);
  EXPECT_EQ(ReadFile(path), bytes);
  WriteFileAtomically(path, "");
  EXPECT_EQ(ReadFile(path), "");
  EXPECT_EQ(FilesThere(), 1U);
}

TEST_F(Files, FailedWriteLeavesNothingBehind) {
  fs::create_directories(folder_ / "taken" / "inner");
  EXPECT_EQ(CodeOf([&] { WriteFileAtomically(folder_ / "taken", "x"); }), ExitCode::kEnvironment);
  EXPECT_EQ(CodeOf([&] { WriteFileAtomically(folder_ / "none" / "a", "x"); }),
            ExitCode::kEnvironment);
  EXPECT_EQ(FilesThere(), 1U);
}

TEST_F(Files, MissingFilesAndFoldersCannotBeRead) {
  EXPECT_EQ(CodeOf([&] { ReadFile(folder_ / "none"); }), ExitCode::kBadFile);
  EXPECT_EQ(CodeOf([&] { ReadFile(folder_); }), ExitCode::kBadFile);
}

TEST_F(Files, FoldersAreMadeAndProbed) {
  MakeWritableFolder(folder_ / "a" / "b");
  MakeWritableFolder(folder_ / "a" / "b");
  EXPECT_TRUE(fs::is_empty(folder_ / "a" / "b"));
}

TEST_F(Files, FoldersThatCannotBeWrittenAreRefused) {
  std::ofstream(folder_ / "file") << "x";
  EXPECT_EQ(CodeOf([&] { MakeWritableFolder(folder_ / "file"); }), ExitCode::kEnvironment);
  EXPECT_EQ(CodeOf([&] { MakeWritableFolder(folder_ / "file" / "sub"); }), ExitCode::kEnvironment);
  EXPECT_EQ(CodeOf([] { MakeWritableFolder("/proc/sagbench"); }), ExitCode::kEnvironment);
}

// FIPS 180-4's examples.
TEST_F(Files, Sha256GivesThePublishedAnswers) {
  EXPECT_EQ(Sha256Hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  WriteFileAtomically(folder_ / "abc", "abc");
  EXPECT_EQ(Sha256OfFile(folder_ / "abc"), Sha256Hex("abc"));
}

}  // namespace
}  // namespace sagbench
