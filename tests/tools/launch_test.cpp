// The program that starts at once, and the program proper beside it.
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/tools/invoke.h"

namespace fs = std::filesystem;

namespace sagbench {
namespace {

class LaunchTest : public testing::Test {
 protected:
  LaunchTest() { fs::create_directories(folder_); }
  ~LaunchTest() override { fs::remove_all(folder_); }

  Outcome Call(const fs::path& program, const std::string& arguments) const {
    return InvokeProgram(program, arguments, folder_);
  }

  const fs::path folder_ = testing::TempDir() + "sagbench_launch_" +
                           testing::UnitTest::GetInstance()->current_test_info()->name();
};

const char* const kKnown[] = {
    "--help",           "-h",
    "--version",        "run --help",
    "run -h",           "list --help",
    "train --help",     "train policy --help",
    "train sag --help", "list",
    "list --json",      "list samplers",
    "list all --json",  "list executors",
};

TEST_F(LaunchTest, AnswersAsTheProgramProper) {
  for (const char* arguments : kKnown) {
    const Outcome proper = Call(SAGBENCH_ENGINE, arguments),
                  answer = Call(SAGBENCH_PROGRAM, arguments);
    EXPECT_EQ(answer.code, 0) << arguments;
    EXPECT_EQ(answer.out, proper.out) << arguments;
    EXPECT_EQ(answer.err, proper.err) << arguments;
  }
}

// The quickest of ten, as the machine may be busy.
TEST_F(LaunchTest, AnswersWithinThreeTenthsOfASecond) {
  for (const char* arguments : {"--help", "list", "run --help"}) {
    double quickest = 1e9;
    for (int i = 0; i < 10; ++i) {
      const auto start = std::chrono::steady_clock::now();
      Call(SAGBENCH_PROGRAM, arguments);
      const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
      quickest = std::min(quickest, seconds.count());
    }
    EXPECT_LT(quickest, 0.3) << arguments;
  }
}

TEST_F(LaunchTest, LeavesEverythingElseToTheProgramProper) {
  for (const char* arguments : {"", "lst", "list nothing", "list --jsn", "run --task pushd"}) {
    const Outcome proper = Call(SAGBENCH_ENGINE, arguments),
                  other = Call(SAGBENCH_PROGRAM, arguments);
    EXPECT_EQ(other.code, 2) << arguments;
    EXPECT_EQ(other.err, proper.err) << arguments;
    EXPECT_PRED1(IsOneSentence, other.err);
  }
}

TEST_F(LaunchTest, AnUnknownCommandIsNamedWithTheKnownOnes) {
  const Outcome outcome = Call(SAGBENCH_PROGRAM, "lst");
  EXPECT_PRED2(Has, outcome.err, "'lst'");
  EXPECT_PRED2(Has, outcome.err, " list");
}

TEST_F(LaunchTest, IsFoundThroughALink) {
  fs::create_symlink(SAGBENCH_PROGRAM, folder_ / "linked");
  EXPECT_EQ(Call(folder_ / "linked", "list tasks --json --json").out,
            Call(SAGBENCH_ENGINE, "list tasks --json --json").out);
}

TEST_F(LaunchTest, SaysThatTheProgramProperIsMissing) {
  fs::copy_file(SAGBENCH_PROGRAM, folder_ / "alone");
  EXPECT_EQ(Call(folder_ / "alone", "--help").code, 0);
  const Outcome outcome = Call(folder_ / "alone", "doctor");
  EXPECT_EQ(outcome.code, 5);
  EXPECT_PRED1(IsOneSentence, outcome.err);
  EXPECT_PRED2(Has, outcome.err, (folder_ / "sagbench-engine").string());
}

TEST_F(LaunchTest, AFullDiskIsAnError) {
  const Outcome outcome = Call(SAGBENCH_PROGRAM, "list > /dev/full");
  EXPECT_EQ(outcome.code, 5);
  EXPECT_PRED1(IsOneSentence, outcome.err);
}

}  // namespace
}  // namespace sagbench
