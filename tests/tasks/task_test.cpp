#include "tasks/task.h"

#include <string>

#include <gtest/gtest.h>

#include "core/error.h"

namespace sagbench {
namespace {

TEST(Task, EveryTaskSaysWhatItIs) {
  EXPECT_FALSE(Tasks().entries().empty());
  for (const auto& entry : Tasks().entries()) {
    EXPECT_FALSE(entry.summary.empty());
    for (const Knob& knob : entry.knobs) EXPECT_FALSE(knob.help.empty()) << knob.name;
    EXPECT_EQ(Tasks().Choose(entry.name).Make()->spec().name, entry.name);
  }
}

TEST(Task, AnUnknownOneIsAUsageErrorWithTheValidOnes) {
  try {
    Tasks().Choose("no-such-task");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kUsage);
    EXPECT_NE(std::string(error.what()).find(Tasks().entries()[0].name), std::string::npos);
  }
}

}  // namespace
}  // namespace sagbench
