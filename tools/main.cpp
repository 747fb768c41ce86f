// The program proper, which launch.cpp starts: finds the sub-command, runs it, and turns the one
// exception type into a sentence on stderr and an exit code.
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string_view>

#include <fmt/core.h>

#include "core/build_info.h"
#include "core/error.h"
#include "core/interrupt.h"
#include "tools/answers.h"
#include "tools/command.h"

namespace sagbench {
namespace {

int Fail(const std::string& sentence, ExitCode code) {
  fmt::print(stderr, "sagbench: {}\n", sentence);
  return static_cast<int>(code);
}

int Main(int argc, char** argv) {
  CLI::App app("Measures what happens to a robot policy when its diffusion is made cheaper.",
               "sagbench");
  app.set_version_flag(
      "--version", fmt::format("sagbench {} ({})", GetBuildInfo().version, GetBuildInfo().commit));
  app.require_subcommand(1);
  Command run;
  AddRun(app, run);
  AddRender(app, run);
  AddReport(app, run);
  AddMerge(app, run);
  AddCompare(app, run);
  AddList(app, run);
  AddPlan(app, run);
  AddCollect(app, run);
  AddCalibrate(app, run);
  AddTrain(app, run);
  AddDoctor(app, run);
  AddCompletion(app, run);
  if (argc == 2 && std::string_view(argv[1]) == "--answers") {  // asked by the build alone
    fmt::print("{}", AnswersSource(app));
    return static_cast<int>(ExitCode::kDone);
  }
  SetCommandLine(argc, argv);
  if (argc > 1 && argv[1][0] != '-') {
    bool is_known = false;
    std::string known;
    for (const CLI::App* command : app.get_subcommands({})) {
      is_known = is_known || command->check_name(argv[1]);
      known += " " + command->get_name();
    }
    if (!is_known) {
      return Fail(fmt::format("unknown command '{}'; there are{}", argv[1], known),
                  ExitCode::kUsage);
    }
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    return Fail(std::string(error.what()) + " (see sagbench --help)", ExitCode::kUsage);
  }
  InstallInterruptHandler();
  const int code = run();
  if (std::fflush(stdout) != 0) {
    throw EnvironmentError("cannot write the output: {}", std::strerror(errno));
  }
  return code;
}

}  // namespace
}  // namespace sagbench

int main(int argc, char** argv) {
  try {
    return sagbench::Main(argc, argv);
  } catch (const sagbench::Error& error) {
    return sagbench::Fail(error.what(), error.code());
  } catch (const std::bad_alloc&) {
    return sagbench::Fail("out of memory", sagbench::ExitCode::kEnvironment);
  } catch (const std::exception& error) {
    return sagbench::Fail(std::string("unexpected: ") + error.what(),
                          sagbench::ExitCode::kEnvironment);
  }
}
