#include "tasks/robosuite_assets.h"

#include <string>

#include <gtest/gtest.h>

#include "core/error.h"

namespace sagbench::robosuite {
namespace {

TEST(RobosuiteAssets, FindsWhatBootstrapFetched) {
  for (const char* name : {"robot.xml", "link0.stl", "panda_gripper.xml", "hand.stl", "can.msh"}) {
    EXPECT_TRUE(std::filesystem::exists(AssetPath(name))) << name;
  }
  EXPECT_TRUE(std::filesystem::exists(AssetPath("LICENSE")));
}

TEST(RobosuiteAssets, AMissingFileSaysHowToFetchIt) {
  try {
    AssetPath("link9.stl");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kEnvironment);
    const std::string sentence = error.what();
    EXPECT_NE(sentence.find("'link9.stl'"), std::string::npos) << sentence;
    EXPECT_NE(sentence.find("tools/bootstrap deps"), std::string::npos) << sentence;
  }
}

}  // namespace
}  // namespace sagbench::robosuite
