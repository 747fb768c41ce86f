#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace sagbench {

// One entry of a suite file's "rows": lists as on the command line, and what it leaves out.
struct SuiteFileRows {
  std::optional<std::string> task, sampler, scheduler, executor;
  std::optional<int64_t> episodes;
};

// Reads a suite file: a JSON object whose keys are the options of `command` without their dashes
// (a list stands for a comma-separated one), and "rows", a list of objects with the keys task,
// sampler, scheduler, executor and episodes. Sets each option that the command line did not give,
// with the option's own checks; options that it gave also win over the rows. Returns the rows, none
// if the file has none. Throws Error (usage) naming an unknown key or a bad value, Error (bad file)
// if it is no JSON.
std::vector<SuiteFileRows> ApplySuiteFile(const std::filesystem::path& path, CLI::App& command);

}  // namespace sagbench
