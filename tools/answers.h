#pragma once

#include <string>

#include <CLI/CLI.hpp>

namespace sagbench {

// What `sagbench list` prints; `what` is "all" or one of its titles, "tasks" to "executors".
std::string ListText(const std::string& what, bool json);

// What the program prints for --help, of itself and of each command, --version and `list`, as the
// source that defines kAnswers of launch.h.
std::string AnswersSource(const CLI::App& app);

}  // namespace sagbench
