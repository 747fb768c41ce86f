// The program as it is called. To load LibTorch takes a third of a second, so what needs none of it
// (--help, --version, list) was asked of the program proper when that was built, and is printed
// from here; everything else the program proper does, which lies beside this one.
#include "tools/launch.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>

#include <unistd.h>

#include "core/error.h"

namespace sagbench {
namespace {

int Fail(const std::string& sentence) {
  std::fprintf(stderr, "sagbench: %s\n", sentence.c_str());
  return static_cast<int>(ExitCode::kEnvironment);
}

int Print(const char* text) {
  if (std::fputs(text, stdout) < 0 || std::fflush(stdout) != 0) {
    return Fail(std::string("cannot write the output: ") + std::strerror(errno));
  }
  return static_cast<int>(ExitCode::kDone);
}

int Launch(char** argv) {
  std::error_code failure;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", failure);
  if (failure) return Fail("cannot find out where the program lies: " + failure.message());
  const std::string program = self.parent_path() / SAGBENCH_ENGINE;
  execv(program.c_str(), argv);
  return Fail("cannot start '" + program + "': " + std::strerror(errno));
}

}  // namespace
}  // namespace sagbench

int main(int argc, char** argv) {
  std::string arguments;
  for (int i = 1; i < argc; ++i) arguments += std::string(argv[i]) + "\n";
  for (const sagbench::Answer* known = sagbench::kAnswers; known->text != nullptr; ++known) {
    if (arguments == known->arguments) return sagbench::Print(known->text);
  }
  return sagbench::Launch(argv);
}
