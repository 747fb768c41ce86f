#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bench/suite.h"
#include "tools/suite_file.h"

namespace sagbench {

// What `sagbench run` was given.
struct RunArguments {
  SuiteRequest request;
  int64_t episodes = 0;
  std::string tasks = "pusht", samplers = "ddpm", schedulers = "dense", device = "auto";
  std::string executors = "eager", precision;
  std::string real_time, out, json, markdown, csv, html, config, shard;
  std::vector<SuiteFileRows> rows;  // of the suite file
  int64_t video = 0;                // failures filmed of each row
  int threads = 0;
  std::optional<double> within;  // percent
  bool no_baseline = false, no_latency = false, quiet = false, dry_run = false;
};

// Makes the request of what was typed and of the suite file's rows: names, knobs, shard, device,
// threads. Throws Error (usage) on what does not fit together, and as ChooseShard and ChooseDevice.
void CompleteRequest(RunArguments& arguments);

}  // namespace sagbench
