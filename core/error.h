#pragma once

#include <stdexcept>
#include <string>
#include <utility>

#include <fmt/core.h>

namespace sagbench {

// What the process returns to its caller; documented in the README.
enum class ExitCode {
  kDone = 0,
  kRegression = 1,
  kUsage = 2,
  kBadFile = 3,
  kIncomplete = 4,
  kEnvironment = 5,
  kInterrupted = 130,
};

// The one exception type: a sentence that names the bad value and the valid ones. Thrown where the
// outside world enters, caught once in main.
class Error : public std::runtime_error {
 public:
  Error(ExitCode code, const std::string& sentence) : std::runtime_error(sentence), code_(code) {}
  ExitCode code() const { return code_; }

 private:
  ExitCode code_;
};

// Error of the command line or of a setting (exit code 2).
template <class... Args>
Error UsageError(fmt::format_string<Args...> format, Args&&... args) {
  return {ExitCode::kUsage, fmt::format(format, std::forward<Args>(args)...)};
}

// Error of a model or data file (exit code 3).
template <class... Args>
Error FileError(fmt::format_string<Args...> format, Args&&... args) {
  return {ExitCode::kBadFile, fmt::format(format, std::forward<Args>(args)...)};
}

// Error of the machine: device, folder, library (exit code 5).
template <class... Args>
Error EnvironmentError(fmt::format_string<Args...> format, Args&&... args) {
  return {ExitCode::kEnvironment, fmt::format(format, std::forward<Args>(args)...)};
}

}  // namespace sagbench
