#pragma once

#include <iterator>
#include <sstream>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/wait.h>

#include "core/json_lines.h"
#include "tests/tools/process.h"
#include "tests/tools/tiny_policy_cli.h"

namespace sagbench {

// Runs of a tiny policy that do all there is to do: 4 schedulers, 3 episodes each in groups of 2,
// latency in 2 rounds, action errors, plan maps, spreads. They go on with what their folder holds.
class SmallRuns : public TinyPolicyCli {
 protected:
  static constexpr size_t kEpisodes = 12;

  std::string Arguments(const std::string& out) const {
    return "run --quiet --no-baseline --policy " + In("policy") +
           " --sampler ddim:steps=2 --scheduler dense,static-cache:interval=2,late,random"
           " --episodes 3 --batch 2 --samples 10 --warmup 1 --threads 1 --spread --resume --out " +
           In(out);
  }

  Outcome Run(const std::string& out, const std::string& more = "") const {
    return Call(Arguments(out) + " " + more);
  }

  // What it says goes to output.txt.
  pid_t StartRun(const std::string& out) const {
    std::istringstream words(std::string(SAGBENCH_PROGRAM) + " " + Arguments(out));
    return Start({std::istream_iterator<std::string>(words), {}}, folder_ / "output.txt");
  }

  std::string Said() const { return ReadAll(folder_ / "output.txt"); }

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

  size_t EpisodesIn(const std::string& out) const {
    return ReadJsonLines(folder_ / out / "episodes.jsonl").records.size();
  }

  // Nothing was lost and nothing counted twice: the same as in the folder "whole".
  void ExpectWhole(const std::string& out) const {
    EXPECT_EQ(Untimed(out), Untimed("whole"));
    EXPECT_EQ(EpisodesIn(out), kEpisodes);
  }
};

}  // namespace sagbench
