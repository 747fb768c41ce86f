#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace sagbench {

// How far a long piece of work is. Whoever shows it adds the rate and the time left.
struct Progress {
  std::string label;  // what is done, e.g. "pusht ddpm dense"
  std::string unit;   // what is counted, e.g. "episodes"
  int64_t done = 0;
  int64_t total = 0;
  int64_t resumed = 0;  // of `done`, what was there before this call: no part of the rate
  std::string note;     // running figures, e.g. "success 41/50"
};

// Called by the thread that runs the work, never by two at once. May be empty: check before
// calling.
using ProgressSink = std::function<void(const Progress&)>;

}  // namespace sagbench
