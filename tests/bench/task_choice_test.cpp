#include "bench/task_choice.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

// The sentence of the usage error, empty if the task is accepted.
std::string Complaint(const PolicyConfig& config, const std::string& text) {
  try {
    ChooseTaskFor(config, text);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kUsage);
    return error.what();
  }
  return {};
}

bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(TaskChoice, TakesTheSettingsOfThePolicy) {
  PolicyConfig config = TinyConfig();
  EXPECT_EQ(ChooseTaskFor(config, "pusht").Name(), "pusht");
  config.task_knobs = {{"reset", "exact"}};
  EXPECT_EQ(ChooseTaskFor(config, "pusht").knobs.Choice("reset"), "exact");
  EXPECT_EQ(ChooseTaskFor(config, "pusht:reset=exact").knobs.Choice("reset"), "exact");
  config.task_knobs = {{"reset", "legacy"}, {"observation", "state"}};
  config.observation_size = 5;
  EXPECT_EQ(ChooseTaskFor(config, "pusht").knobs.Choice("observation"), "state");
}

TEST(TaskChoice, AContradictingSettingIsRefused) {
  PolicyConfig config = TinyConfig();
  config.task_knobs = {{"reset", "legacy"}};
  const std::string sentence = Complaint(config, "pusht:reset=exact");
  EXPECT_TRUE(Has(sentence, "reset=exact") && Has(sentence, "reset=legacy")) << sentence;
  // What the policy does not mention has its default.
  EXPECT_NE(Complaint(config, "pusht:observation=state"), "");
  EXPECT_EQ(Complaint(config, "pusht:observation=keypoints"), "");
}

TEST(TaskChoice, AnotherTaskIsRefused) {
  const std::string sentence = Complaint(TinyConfig(), "lift");
  EXPECT_TRUE(Has(sentence, "'pusht'") && Has(sentence, "'lift'")) << sentence;
  PolicyConfig config = TinyConfig();
  config.task = "lift";
  EXPECT_TRUE(Has(Complaint(config, "pusht"), "'lift'"));
}

TEST(TaskChoice, SizesMustFit) {
  PolicyConfig config = TinyConfig();
  config.observation_size = 19;
  EXPECT_TRUE(Has(Complaint(config, "pusht"), "19")) << Complaint(config, "pusht");
  config = TinyConfig();
  config.action_size = 3;
  EXPECT_TRUE(Has(Complaint(config, "pusht"), "3 actions")) << Complaint(config, "pusht");
}

TEST(TaskChoice, UnknownSettingsAreNamed) {
  EXPECT_TRUE(Has(Complaint(TinyConfig(), "pusht:speed=2"), "reset"));
  EXPECT_TRUE(Has(Complaint(TinyConfig(), "pusht:reset=soft"), "legacy, exact"));
}

// Rotations in six numbers for absolute actions, none for delta actions.
TEST(TaskChoice, AnAbsolutePolicyIsRefusedOnADeltaTask) {
  PolicyConfig config = TinyConfig();
  config.task = "lift";
  config.task_knobs = {{"semantics", "legacy"}, {"actions", "absolute"}};
  config.observation_size = 19;
  config.action_size = 10;
  EXPECT_EQ(Complaint(config, "lift"), "");
  const std::string sentence = Complaint(config, "lift:actions=delta");
  EXPECT_TRUE(Has(sentence, "actions=delta") && Has(sentence, "actions=absolute")) << sentence;
  config.task_knobs["actions"] = "delta";
  EXPECT_TRUE(Has(Complaint(config, "lift"), "gives 10 actions")) << Complaint(config, "lift");
  config.action_size = 7;
  EXPECT_EQ(Complaint(config, "lift"), "");
}

}  // namespace
}  // namespace sagbench
