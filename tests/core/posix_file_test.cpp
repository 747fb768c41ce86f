#include "core/posix_file.h"

#include <utility>

#include <fcntl.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "core/files.h"

namespace sagbench {
namespace {

TEST(PosixFile, WritesTruncatesAndMoves) {
  const auto path = std::filesystem::path(testing::TempDir()) / "sagbench_posix_file_test";
  PosixFile file(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND);
  file.Write("abc");
  file.Truncate(1);
  PosixFile moved = std::move(file);
  moved.Write("def");
  moved.Sync();
  moved.Close();
  EXPECT_EQ(ReadFile(path), "adef");
}

TEST(PosixFile, OneHolderOfALockAtATime) {
  const std::filesystem::path folder = testing::TempDir();
  PosixFile first(folder, O_RDONLY | O_DIRECTORY), second(folder, O_RDONLY | O_DIRECTORY);
  EXPECT_TRUE(first.TryLock());
  EXPECT_FALSE(second.TryLock());
  first.Close();
  EXPECT_TRUE(second.TryLock());
}

TEST(PosixFile, FailuresAreEnvironmentErrorsWithTheReason) {
  try {
    PosixFile("/nonexistent/a", O_WRONLY | O_CREAT);
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kEnvironment);
    EXPECT_STREQ(error.what(), "cannot open '/nonexistent/a': No such file or directory");
  }
  EXPECT_THROW(PosixFile("/dev/full", O_WRONLY).Write("x"), Error);
}

}  // namespace
}  // namespace sagbench
