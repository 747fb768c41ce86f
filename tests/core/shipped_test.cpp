#include "core/shipped.h"

#include <cstdlib>

#include <gtest/gtest.h>

#include "core/files.h"

namespace sagbench {
namespace {

namespace fs = std::filesystem;

TEST(Shipped, IsFoundInTheSourceTree) {
  EXPECT_FALSE(FindShipped("CMakeLists.txt").empty());
  EXPECT_TRUE(FindShipped("no/such/file").empty());
}

TEST(Shipped, TheHomeOfTheEnvironmentComesFirst) {
  const fs::path home = fs::path(testing::TempDir()) / "sagbench_home";
  MakeWritableFolder(home);
  WriteFileAtomically(home / "CMakeLists.txt", "mine");
  setenv("SAGBENCH_HOME", home.c_str(), 1);
  EXPECT_EQ(FindShipped("CMakeLists.txt"), home / "CMakeLists.txt");
  EXPECT_EQ(ShippedHome(), home);
  EXPECT_FALSE(FindShipped("LICENSE").empty());  // the others are looked at, too
  unsetenv("SAGBENCH_HOME");
  EXPECT_NE(ShippedHome(), home);
}

}  // namespace
}  // namespace sagbench
