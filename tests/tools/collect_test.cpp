#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "core/demonstrations.h"
#include "tests/schedulers/tiny_policy.h"
#include "tests/tools/invoke.h"

namespace sagbench {
namespace {

class CollectCommand : public testing::Test {
 protected:
  CollectCommand() { std::filesystem::create_directories(folder_); }
  ~CollectCommand() override { std::filesystem::remove_all(folder_); }
  Outcome Collect(const std::string& arguments) const {
    return Invoke("collect " + arguments, folder_);
  }
  const std::string folder_ = testing::TempDir() + "sagbench_collect_" +
                              testing::UnitTest::GetInstance()->current_test_info()->name();
  const std::string out_ = folder_ + "/demos.hdf5";
};

TEST_F(CollectCommand, WritesAFile) {
  const Outcome outcome =
      Collect("--starts reset,near-goal --episodes 1,2 --threads 2 --quiet --out " + out_);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_PRED2(Has, outcome.out, "3 demonstrations");
  const DemonstrationFile file = ReadDemonstrations(out_, {"keypoints", "agent_pos"});
  EXPECT_EQ(file.demonstrations.size(), 3U);
  EXPECT_NE(file.info.attributes.at("env_args").find("\"env_name\":\"pusht\""), std::string::npos);
  EXPECT_EQ(Collect("--episodes 1 --out " + out_).code, 2);  // it is there already
}

TEST_F(CollectCommand, ChecksModes) {
  const Outcome outcome = Collect("--mode-check 2 --starts near-goal --quiet");
  EXPECT_EQ(outcome.code, 0);
  EXPECT_PRED2(Has, outcome.out, "of 2 starts");
}

// The file would name settings that its demonstrations do not have.
TEST_F(CollectCommand, TheExpertDoesNotActWithAPolicysOwnSettings) {
  const std::filesystem::path folder = folder_ + "/policy";
  Policy policy = TinyPolicy();
  policy.config.task_knobs = {{"reset", "exact"}};
  SavePolicy(folder, policy, WeightPrecision::kFloat32);
  const Outcome outcome =
      Collect("--starts visited --episodes 1 --policy " + folder.string() + " --out " + out_);
  EXPECT_EQ(outcome.code, 2) << outcome.err;
  EXPECT_PRED2(Has, outcome.err, "'pusht:reset=exact'");
  EXPECT_FALSE(std::filesystem::exists(out_));
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
           std::pair{"--keep some", "failures"},
       }) {
    const Outcome outcome = Collect(std::string(arguments) + " --out " + out_);
    EXPECT_EQ(outcome.code, 2) << arguments << ": " << outcome.err;
    EXPECT_PRED2(Has, outcome.err, word) << arguments;
    EXPECT_FALSE(std::filesystem::exists(out_));
  }
  EXPECT_EQ(Collect("--episodes 1").code, 2);  // no --out
  EXPECT_EQ(Collect("--episodes 1 --out /proc/demos.hdf5").code, 5);
}

}  // namespace
}  // namespace sagbench
