#pragma once

#include <csignal>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "bench/suite_folder.h"
#include "core/error.h"
#include "core/interrupt.h"
#include "results/folder_report.h"
#include "results/report_json.h"
#include "tests/schedulers/tiny_policy_folder.h"

namespace sagbench {

// Three rows of up to 5 episodes in groups of 2.
class SmallSuite : public TinyPolicyFolder {
 protected:
  SmallSuite() {
    request_.rows = {
        {.tasks = {"pusht"},
         .samplers = {"ddim:steps=2"},
         .schedulers = {"dense", "static-cache:interval=2"},
         .episodes = 5},
        {.tasks = {"pusht"}, .samplers = {"ddim:steps=1"}, .schedulers = {"dense"}, .episodes = 3}};
    request_.settings.policy = In("policy");
    request_.settings.add_baseline = false;
    request_.settings.batch = 2;
    request_.latency = {.samples = 4, .warmup = 1, .block_size = 2};
    request_.context.host = "here";
  }

  SuiteRequest Into(const char* name) const {
    SuiteRequest request = request_;
    request.folder = folder_ / name;
    return request;
  }

  // The report without what a clock said.
  std::string Untimed(const char* name) const {
    Report report = ReportOf(ReadRunFolder(folder_ / name));
    for (RunReport& run : report.runs) {
      run.wall_s = 0.0;
      run.speedup.reset();
      run.deadline.reset();
      if (run.latency_ms) run.latency_ms = Latency{.block_size = 2};
    }
    return ReportJsonText(report);
  }

  // The same of its rows alone, whoever computed them.
  nlohmann::json RowsOf(const char* name) const {
    nlohmann::json rows = nlohmann::json::parse(Untimed(name)).at("runs");
    for (nlohmann::json& row : rows) row.erase("other_commits");
    return rows;
  }

  static std::string Refusal(const SuiteRequest& request) {
    try {
      RunSuite(request, {});
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::kUsage);
      return error.what();
    }
    return "nothing was refused";
  }

  // Runs until so many items of a kind of work are done.
  static void Interrupt(const SuiteRequest& request, const std::string& label, int64_t after) {
    InstallInterruptHandler();
    const SuiteResult result = RunSuite(request, [&](const Progress& progress) {
      if (progress.label == label && progress.done >= after) std::raise(SIGINT);
    });
    InstallInterruptHandler();  // forgets the signal
    EXPECT_TRUE(result.interrupted);
  }

  SuiteRequest request_;
};

}  // namespace sagbench
