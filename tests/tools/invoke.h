#pragma once

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <sys/wait.h>

namespace sagbench {

// What the program did.
struct Outcome {
  int code = -1;
  std::string out, err;
};

inline std::string ReadAll(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// Runs `PROGRAM ARGUMENTS` through the shell; `folder` takes stderr while it runs.
inline Outcome InvokeProgram(const std::filesystem::path& program, const std::string& arguments,
                             const std::filesystem::path& folder) {
  const std::filesystem::path err = folder / "stderr.txt";
  const std::string command = program.string() + " " + arguments + " 2>'" + err.string() + "'";
  Outcome outcome;
  FILE* pipe = popen(command.c_str(), "r");
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) {
    outcome.out += static_cast<char>(c);
  }
  const int status = pclose(pipe);
  outcome.code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  outcome.err = ReadAll(err);
  return outcome;
}

inline Outcome Invoke(const std::string& arguments, const std::filesystem::path& folder) {
  return InvokeProgram(SAGBENCH_PROGRAM, arguments, folder);
}

// One line, from the program.
inline bool IsOneSentence(const std::string& text) {
  return text.starts_with("sagbench: ") && text.ends_with("\n") && text.size() > 20 &&
         std::count(text.begin(), text.end(), '\n') == 1;
}

}  // namespace sagbench
