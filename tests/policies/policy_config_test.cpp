#include "policies/policy_config.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace sagbench {
namespace {

TEST(PolicyConfig, ComesBackFromJson) {
  PolicyConfig config;
  config.task_knobs = {{"reset", "legacy"}};
  config.observation_keys = {"keypoints", "agent_pos"};
  EXPECT_EQ(ToJson(PolicyConfigFromJson(ToJson(config), "x")), ToJson(config));
}

TEST(PolicyConfig, MissingAndIllTypedKeysAreNamed) {
  const nlohmann::json complete = ToJson(PolicyConfig{});
  for (const auto& [key, value] : complete.items()) {
    nlohmann::json json = complete;
    json.erase(key);
    try {
      PolicyConfigFromJson(json, "file.json");
      ADD_FAILURE() << key;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::kBadFile);
      EXPECT_NE(std::string(error.what()).find(key), std::string::npos) << error.what();
    }
    json[key] = nullptr;
    EXPECT_THROW(PolicyConfigFromJson(json, "file.json"), Error) << key;
  }
}

TEST(CheckPolicyConfig, RefusesSizesThatDoNotFit) {
  const auto refused = [](auto change) {
    PolicyConfig config;
    change(config);
    EXPECT_THROW(CheckPolicyConfig(config), Error);
  };
  EXPECT_NO_THROW(CheckPolicyConfig(PolicyConfig{}));
  refused([](PolicyConfig& c) { c.layers = 0; });
  refused([](PolicyConfig& c) { c.heads = 3; });
  refused([](PolicyConfig& c) { c.horizon = 8; });
  refused([](PolicyConfig& c) { c.width = 1 << 20; });
  for (const int steps : {0, 50, 200}) refused([=](PolicyConfig& c) { c.train_steps = steps; });
}

}  // namespace
}  // namespace sagbench
