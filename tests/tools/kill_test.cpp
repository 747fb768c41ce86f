// Runs that are killed at random moments and go on: nothing lost, nothing counted twice.
#include <chrono>
#include <thread>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <signal.h>

#include "core/json_lines.h"
#include "core/noise.h"
#include "tests/schedulers/tiny_policy.h"
#include "tests/tools/invoke.h"
#include "tests/tools/process.h"

namespace sagbench {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

class KillRuns {
 public:
  explicit KillRuns(const std::string& name)
      : folder_(fs::path(testing::TempDir()) / ("sagbench_kill_" + name)) {
    fs::remove_all(folder_);
    Policy policy = TinyPolicy();
    SavePolicy(folder_ / "policy", policy, WeightPrecision::kFloat32);
  }
  ~KillRuns() { fs::remove_all(folder_); }

  // 4 schedulers, 3 episodes each in groups of 2, latency in 2 rounds.
  pid_t StartRun(const std::string& out) const {
    return Start({SAGBENCH_PROGRAM,
                  "run",
                  "--policy",
                  (folder_ / "policy").string(),
                  "--sampler",
                  "ddim:steps=2",
                  "--scheduler",
                  "dense,static-cache:interval=2,late,random",
                  "--no-baseline",
                  "--episodes",
                  "3",
                  "--batch",
                  "2",
                  "--samples",
                  "10",
                  "--warmup",
                  "1",
                  "--threads",
                  "1",
                  "--spread",
                  "--out",
                  (folder_ / out).string(),
                  "--resume"},
                 folder_ / "output.txt");
  }

  // The exit code, or 128 and the signal.
  static int Wait(pid_t child) {
    int status = 0;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

  // The report without times and what was typed.
  nlohmann::json Untimed(const std::string& out) const {
    auto report = nlohmann::json::parse(ReadAll(folder_ / out / "report.json"));
    for (const char* key : {"command_line", "date"}) report["context"].erase(key);
    for (auto& run : report["runs"]) {
      for (const char* key : {"wall_s", "speedup", "deadline"}) run.erase(key);
      for (const char* key : {"median", "p90", "p99", "max", "samples", "phases"})
        run["latency_ms"].erase(key);
    }
    return report;
  }

  void ExpectWhole(const std::string& out) const {
    EXPECT_EQ(Untimed(out), Untimed("whole"));
    EXPECT_EQ(ReadJsonLines(folder_ / out / "episodes.jsonl").records.size(), 12U);
  }

  // Kills a run again and again, in a new folder whenever one is complete, `kills` times in all.
  void Kill(int kills) const {
    const auto start = Clock::now();
    ASSERT_EQ(Wait(StartRun("whole")), 0) << ReadAll(folder_ / "output.txt");
    const std::chrono::duration<double> whole = Clock::now() - start;
    CounterRandom random({.run_seed = static_cast<uint64_t>(start.time_since_epoch().count())});
    int folders = 0;
    std::string out = "run0";
    for (int done = 0; done < kills;) {
      const pid_t child = StartRun(out);
      std::this_thread::sleep_for(random.Uniform() * whole);
      kill(child, SIGKILL);
      const int code = Wait(child);
      ASSERT_TRUE(code == 0 || code == 128 + SIGKILL) << ReadAll(folder_ / "output.txt");
      if (code != 0) {
        ++done;
        continue;
      }
      ExpectWhole(out);
      out = "run" + std::to_string(++folders);
    }
    ASSERT_EQ(Wait(StartRun(out)), 0) << ReadAll(folder_ / "output.txt");
    ExpectWhole(out);
  }

 private:
  const fs::path folder_;
};

TEST(KillTest, ARunSurvivesTwentyKills) {
  KillRuns("short").Kill(20);
}

TEST(LongKillTest, ARunSurvivesTwoHundredKills) {
  KillRuns("long").Kill(200);
}

}  // namespace
}  // namespace sagbench
