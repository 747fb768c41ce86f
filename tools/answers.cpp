// What launch.cpp answers by itself, written down when the program is built.
#include "tools/answers.h"

#include <fmt/core.h>

namespace sagbench {
namespace {

std::string Entry(const std::string& arguments, const std::string& text) {
  return fmt::format("    {{\"{}\", R\"~answer({})~answer\"}},\n", arguments, text);
}

// `typed` is how the command is reached, each word with "\\n" after it; `parents` what its usage
// line has before its name.
std::string HelpOf(const CLI::App& app, const std::string& typed, const std::string& parents) {
  const std::string name = parents.empty() ? app.get_name() : parents + " " + app.get_name();
  const std::string text = app.get_formatter()->make_help(&app, name, CLI::AppFormatMode::Normal);
  std::string entries = Entry(typed + "--help\\n", text) + Entry(typed + "-h\\n", text);
  for (const CLI::App* command : app.get_subcommands({})) {
    entries += HelpOf(*command, typed + command->get_name() + "\\n", name);
  }
  return entries;
}

}  // namespace

std::string AnswersSource(const CLI::App& app) {
  std::string source =
      "#include \"tools/launch.h\"\n\nnamespace sagbench {\n\nconst Answer kAnswers[] = {\n";
  source += HelpOf(app, "", "") + Entry("--version\\n", app.version() + "\n");
  for (const bool json : {false, true}) {
    const std::string flag = json ? "--json\\n" : "";
    source += Entry("list\\n" + flag, ListText("all", json));
    for (const char* what : {"all", "tasks", "samplers", "schedulers", "executors"}) {
      source += Entry(fmt::format("list\\n{}\\n{}", what, flag), ListText(what, json));
    }
  }
  return source + "    {nullptr, nullptr}};\n\n}  // namespace sagbench\n";
}

}  // namespace sagbench
