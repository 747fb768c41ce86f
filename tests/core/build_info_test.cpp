#include "core/build_info.h"

#include <regex>

#include <gtest/gtest.h>

namespace sagbench {
namespace {

TEST(BuildInfo, CommitIsAHashOrUnknown) {
  const std::regex pattern("[0-9a-f]{40}(-dirty)?|unknown");
  EXPECT_TRUE(std::regex_match(GetBuildInfo().commit, pattern)) << GetBuildInfo().commit;
}

TEST(BuildInfo, NamesCompilerFlagsAndVersion) {
  const BuildInfo& info = GetBuildInfo();
  EXPECT_FALSE(info.build_type.empty());
  EXPECT_TRUE(std::regex_match(info.compiler, std::regex("[A-Za-z]+ [0-9.]+"))) << info.compiler;
  EXPECT_NE(info.flags.find("-ffp-contract=off"), std::string::npos) << info.flags;
  EXPECT_TRUE(std::regex_match(info.version, std::regex("[0-9]+\\.[0-9]+\\.[0-9]+")));
}

}  // namespace
}  // namespace sagbench
