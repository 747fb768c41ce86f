#include "core/interrupt.h"

#include <csignal>

#include <gtest/gtest.h>

#include "core/error.h"

namespace sagbench {
namespace {

TEST(Interrupt, SignalsOnlySetTheFlag) {
  for (const int signal : {SIGINT, SIGTERM}) {
    InstallInterruptHandler();
    EXPECT_FALSE(Interrupted());
    EXPECT_NO_THROW(ThrowIfInterrupted());
    std::raise(signal);
    EXPECT_TRUE(Interrupted());
    try {
      ThrowIfInterrupted();
      ADD_FAILURE();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::kInterrupted);
    }
  }
  InstallInterruptHandler();
}

TEST(InterruptDeathTest, SecondSignalEndsTheProcess) {
  const auto twice = [] {
    InstallInterruptHandler();
    std::raise(SIGINT);
    std::raise(SIGINT);
  };
  EXPECT_EXIT(twice(), testing::KilledBySignal(SIGINT), "");
}

}  // namespace
}  // namespace sagbench
