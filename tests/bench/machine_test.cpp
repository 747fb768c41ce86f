#include "bench/machine.h"

#include <regex>

#include <gtest/gtest.h>

#include "core/error.h"
#include "policies/aten.h"

namespace sagbench {
namespace {

TEST(Machine, DeviceIsWhatIsThere) {
  EXPECT_EQ(ChooseDevice("cpu"), "cpu");
  EXPECT_EQ(ChooseDevice("auto"), at::hasCUDA() ? "cuda" : "cpu");
  if (at::hasCUDA()) {
    EXPECT_EQ(ChooseDevice("cuda"), "cuda");
    return;
  }
  try {
    ChooseDevice("cuda");
    FAIL() << "there is no GPU here";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kEnvironment);
    EXPECT_NE(std::string(error.what()).find("valid are cpu and auto"), std::string::npos);
  }
}

TEST(Machine, SetsThreads) {
  const int before = at::get_num_threads();
  EXPECT_EQ(SetThreads(1), 1);
  EXPECT_EQ(at::get_num_threads(), 1);
  EXPECT_GE(SetThreads(0), 1);
  SetThreads(before);
}

TEST(Machine, IsDescribed) {
  const Context context = DescribeMachine("cpu", 3, "sagbench run");
  EXPECT_FALSE(context.commit.empty());
  EXPECT_FALSE(context.build_type.empty());
  EXPECT_FALSE(context.cpu.empty());
  EXPECT_EQ(context.threads, 3);
  EXPECT_EQ(context.command_line, "sagbench run");
  EXPECT_TRUE(std::regex_match(context.date, std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)")))
      << context.date;
  for (const char* library : {"sagbench", "compiler", "torch", "mujoco"}) {
    ASSERT_TRUE(context.versions.contains(library)) << library;
    EXPECT_FALSE(context.versions.at(library).empty()) << library;
  }
  EXPECT_FALSE(context.gpu.has_value());
  EXPECT_FALSE(context.tf32.has_value());
}

}  // namespace
}  // namespace sagbench
