#include "tools/command.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <memory>

#include <fmt/core.h>
#include <unistd.h>

#include "core/shell_word.h"

namespace sagbench {
namespace {

using Clock = std::chrono::steady_clock;

std::string g_command_line;  // NOLINT: set once by main, before any thread

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::string Duration(double seconds) {
  const auto whole = static_cast<int64_t>(seconds);
  if (whole < 60) return fmt::format("{}s", whole);
  if (whole < 3600) return fmt::format("{}m{:02}s", whole / 60, whole % 60);
  return fmt::format("{}h{:02}m", whole / 3600, whole / 60 % 60);
}

// Remembers when each piece of work began, what was done then, and when it was last shown.
class Shower {
 public:
  void Show(const Progress& progress) {
    if (progress.label != label_ || progress.unit != unit_) {
      label_ = progress.label;
      unit_ = progress.unit;
      begun_ = std::max(progress.done, progress.resumed);
      start_ = Clock::now();
      shown_ = false;
    }
    const bool finished = progress.done >= progress.total;
    const double pause = terminal_ ? 0.1 : 10.0;
    if (shown_ && !finished && SecondsSince(last_) < pause) return;
    last_ = Clock::now();
    shown_ = true;
    Print(progress, finished);
  }

 private:
  void Print(const Progress& progress, bool finished) const {
    const double seconds = SecondsSince(start_);
    const auto fresh = static_cast<double>(progress.done - begun_);
    const double rate = seconds > 0.0 ? fresh / seconds : 0.0;
    std::string line = fmt::format("{}/{} {}", progress.done, progress.total, progress.unit);
    if (rate > 0.0) {
      line += fmt::format(", {:.3g}/s", rate);
      line += finished ? ", took " + Duration(seconds)
                       : ", left " +
                             Duration(static_cast<double>(progress.total - progress.done) / rate);
    }
    if (!progress.note.empty()) line += ", " + progress.note;
    if (!terminal_) {
      fmt::print(stderr, "{}: {}\n", progress.label, line);
      return;
    }
    const double share = progress.total > 0 ? static_cast<double>(progress.done) /
                                                  static_cast<double>(progress.total)
                                            : 1.0;
    const auto filled = static_cast<size_t>(share * 20.0);
    fmt::print(stderr, "\r\033[K{} [{}{}] {}{}", progress.label, std::string(filled, '#'),
               std::string(20 - filled, '.'), line, finished ? "\n" : "");
    std::fflush(stderr);
  }

  bool terminal_ = isatty(STDERR_FILENO) != 0;
  bool shown_ = false;
  std::string label_, unit_;
  int64_t begun_ = 0;
  Clock::time_point start_, last_;
};

}  // namespace

ProgressSink ShowProgress(bool quiet) {
  if (quiet) return {};
  return [shower = std::make_shared<Shower>()](const Progress& p) { shower->Show(p); };
}

const std::string& CommandLine() {
  return g_command_line;
}

void SetCommandLine(int argc, char** argv) {
  g_command_line = "sagbench";
  for (int i = 1; i < argc; ++i) g_command_line += " " + ShellWord(argv[i]);
}

CLI::Validator PositiveCount() {
  return CLI::Validator(
      [](std::string& text) -> std::string {
        int64_t value = 0;
        if (!CLI::detail::lexical_cast(text, value) || value < 1) {
          return fmt::format("'{}' is not valid: 1 or more", text);
        }
        return {};
      },
      "COUNT");
}

CLI::Validator PositiveNumber() {
  return CLI::Validator(
      [](std::string& text) -> std::string {
        double value = 0.0;
        if (!CLI::detail::lexical_cast(text, value) || !(value > 0.0) || std::isinf(value)) {
          return fmt::format("'{}' is not valid: a number above 0", text);
        }
        return {};
      },
      "NUMBER");
}

CLI::Validator NumberBetween(double low, double high) {
  return CLI::Validator(
      [low, high](std::string& text) -> std::string {
        double value = 0.0;
        if (!CLI::detail::lexical_cast(text, value) || !(value >= low && value <= high)) {
          return fmt::format("'{}' is not valid: {} to {}", text, low, high);
        }
        return {};
      },
      fmt::format("{} to {}", low, high));
}

void AddStatistics(CLI::App& command, SummaryOptions& options) {
  command.add_flag("--exact", options.exact,
                   "success rates with Clopper and Pearson's exact interval instead of Wilson's");
  command
      .add_option("--deadline", options.deadline_ms,
                  "ms in which a chunk must be there (default: its executed actions times the "
                  "task's control period)")
      ->check(PositiveNumber());
}

}  // namespace sagbench
