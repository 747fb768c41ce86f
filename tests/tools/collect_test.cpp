#include <cstdio>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>
#include <sys/wait.h>

#include "core/demonstrations.h"
#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

struct Outcome {
  int code = -1;
  std::string text;  // stdout and stderr
};

Outcome Invoke(const std::string& arguments) {
  const std::string command = std::string(SAGBENCH_PROGRAM) + " collect " + arguments + " 2>&1";
  FILE* pipe = popen(command.c_str(), "r");
  Outcome outcome;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe))
    outcome.text += static_cast<char>(c);
  outcome.code = WEXITSTATUS(pclose(pipe));
  return outcome;
}

class CollectCommand : public testing::Test {
 protected:
  CollectCommand() { std::filesystem::remove(out_); }
  ~CollectCommand() override { std::filesystem::remove(out_); }
  const std::string out_ = testing::TempDir() + "sagbench_collect_" +
                           testing::UnitTest::GetInstance()->current_test_info()->name() + ".hdf5";
};

TEST_F(CollectCommand, WritesAFile) {
  const Outcome outcome =
      Invoke("--starts reset,near-goal --episodes 1,2 --threads 2 --quiet --out " + out_);
  EXPECT_EQ(outcome.code, 0) << outcome.text;
  EXPECT_NE(outcome.text.find("3 demonstrations"), std::string::npos) << outcome.text;
  const DemonstrationFile file = ReadDemonstrations(out_, {"keypoints", "agent_pos"});
  EXPECT_EQ(file.demonstrations.size(), 3U);
  EXPECT_NE(file.info.attributes.at("env_args").find("\"env_name\":\"pusht\""), std::string::npos);
  EXPECT_EQ(Invoke("--episodes 1 --out " + out_).code, 2);  // it is there already
}

TEST_F(CollectCommand, ChecksModes) {
  const Outcome outcome = Invoke("--mode-check 2 --starts near-goal --quiet");
  EXPECT_EQ(outcome.code, 0);
  EXPECT_NE(outcome.text.find("of 2 starts"), std::string::npos) << outcome.text;
}

// The file would name settings that its demonstrations do not have.
TEST_F(CollectCommand, TheExpertDoesNotActWithAPolicysOwnSettings) {
  const std::filesystem::path folder = out_ + ".policy";
  Policy policy = TinyPolicy();
  policy.config.task_knobs = {{"reset", "exact"}};
  SavePolicy(folder, policy, WeightPrecision::kFloat32);
  const Outcome outcome =
      Invoke("--starts visited --episodes 1 --policy " + folder.string() + " --out " + out_);
  EXPECT_EQ(outcome.code, 2) << outcome.text;
  EXPECT_NE(outcome.text.find("'pusht:reset=exact'"), std::string::npos) << outcome.text;
  EXPECT_FALSE(std::filesystem::exists(out_));
  std::filesystem::remove_all(folder);
}

TEST_F(CollectCommand, WrongUseIsASentence) {
  for (const auto& [arguments, word] : {
           std::pair{"--task pushd", "pusht"},
           std::pair{"--expert beams=3", "beam"},
           std::pair{"--tolerance 1000", "100"},
           std::pair{"--episodes 0", "1 or more"},
           std::pair{"--episodes 3,4", "one for each"},
           std::pair{"--seed 99999 --episodes 2", "below 100000"},
           std::pair{"--starts goal", "near-goal"},
       }) {
    const Outcome outcome = Invoke(std::string(arguments) + " --out " + out_);
    EXPECT_EQ(outcome.code, 2) << arguments << ": " << outcome.text;
    EXPECT_NE(outcome.text.find(word), std::string::npos) << arguments << ": " << outcome.text;
    EXPECT_FALSE(std::filesystem::exists(out_));
  }
  EXPECT_EQ(Invoke("--episodes 1").code, 2);  // no --out
  EXPECT_EQ(Invoke("--episodes 1 --out /proc/demos.hdf5").code, 5);
}

}  // namespace
}  // namespace sagbench
