// Runs that are killed at random moments and go on: nothing lost, nothing counted twice.
#include <chrono>
#include <thread>

#include <gtest/gtest.h>
#include <signal.h>

#include "core/noise.h"
#include "tests/tools/small_runs.h"

namespace sagbench {
namespace {

using Clock = std::chrono::steady_clock;

class KillTest : public SmallRuns {
 protected:
  // Sends a run the signal at a random moment, again and again until it has ended `times` runs, in
  // a new folder whenever one is complete.
  void Kill(int signal, int times) {
    const auto start = Clock::now();
    ASSERT_EQ(Wait(StartRun("whole")), 0) << Said();
    const std::chrono::duration<double> whole = Clock::now() - start;
    CounterRandom random({.run_seed = static_cast<uint64_t>(start.time_since_epoch().count())});
    int folders = 0;
    std::string out = "run0";
    for (int done = 0; done < times;) {
      const pid_t child = StartRun(out);
      std::this_thread::sleep_for(random.Uniform() * whole);
      kill(child, signal);
      const int code = Wait(child);
      ASSERT_TRUE(code == 0 || code == 128 + signal) << code << "\n" << Said();
      if (code != 0) {
        ++done;
        AfterKill(out);
        continue;
      }
      ExpectWhole(out);
      out = "run" + std::to_string(++folders);
    }
    ASSERT_EQ(Wait(StartRun(out)), 0) << Said();
    ExpectWhole(out);
  }

  virtual void AfterKill(const std::string& /*out*/) {}
};

using LongKillTest = KillTest;

TEST_F(KillTest, ARunSurvivesTwentyKills) {
  Kill(SIGKILL, 20);
}

TEST_F(LongKillTest, ARunSurvivesTwoHundredKills) {
  Kill(SIGKILL, 200);
}

// Ctrl-C, which leaves a report of what is there and says how to go on; before the program looks
// for signals it ends without a word.
class InterruptedRun : public KillTest {
 protected:
  void AfterKill(const std::string& out) override {
    if (Said().empty()) return;
    ++reports_;
    const std::string said = Said();
    EXPECT_TRUE(Has(said, "sagbench: interrupted; go on with: ")) << said;
    EXPECT_EQ(said.find("sagbench: "), said.rfind("sagbench: ")) << said;
    const auto report = nlohmann::json::parse(ReadAll(folder_ / out / "report.json"));
    size_t episodes = 0;
    for (const auto& run : report.at("runs")) episodes += run.at("episodes").get<size_t>();
    EXPECT_EQ(episodes, EpisodesIn(out));
  }

  int reports_ = 0;
};

TEST_F(InterruptedRun, GoesOnAfterTwenty) {
  Kill(SIGINT, 20);
  EXPECT_GT(reports_, 0);
}

}  // namespace
}  // namespace sagbench
