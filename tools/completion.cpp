// sagbench completion: a script for the shell, from the program's own declarations.
#include <algorithm>
#include <cctype>
#include <map>
#include <memory>

#include <fmt/core.h>

#include "core/error.h"
#include "core/registry.h"
#include "policies/sampler.h"
#include "schedulers/executor.h"
#include "schedulers/scheduler.h"
#include "tasks/task.h"
#include "tools/command.h"

namespace sagbench {
namespace {

std::string WithSpaces(std::string names) {
  names.erase(std::remove(names.begin(), names.end(), ','), names.end());
  return names;
}

// The plug-ins that an option takes; "" for other options.
std::string PluginsOf(const std::string& option) {
  const auto ends = [&option](const char* word) { return option.ends_with(word); };
  if (ends("-task")) return WithSpaces(JoinNames(Tasks().entries()));
  if (ends("-sampler")) return WithSpaces(JoinNames(Samplers().entries()));
  if (ends("-scheduler")) return WithSpaces(JoinNames(Schedulers().entries()));
  if (ends("-executor")) return WithSpaces(JoinNames(Executors().entries()));
  return "";
}

// The members of a set that an option is checked against: "TEXT:{auto,cpu,cuda}" has three.
std::string MembersOf(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  const size_t open = type.find('{');
  const size_t close = type.find('}', open);
  if (open == std::string::npos || close == std::string::npos) return "";
  std::string members = type.substr(open + 1, close - open - 1);
  std::replace(members.begin(), members.end(), ',', ' ');
  return members;
}

// A word of a `case` or a list in the script; names have no other characters.
std::string Plain(const std::string& text) {
  std::string plain;
  for (const char c : text) {
    const bool is_plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' ||
                          c == '_' || c == '.' || c == ' ' || c == '/';
    if (is_plain) plain += c;
  }
  return plain;
}

// What the script's parts are made of.
struct Script {
  std::string commands;  // cases of "/run/..." that lead to a sub-command
  std::string values;    // cases of an option's values
  std::string words;     // cases of what may stand after a command
};

void AddOption(const std::string& path, const CLI::Option& option, Script* script,
               std::string* words) {
  const bool takes_value = option.get_items_expected_max() != 0;
  std::string values = MembersOf(option);
  if (option.get_positional()) *words += " " + values;
  for (const std::string& name : option.get_lnames()) {
    const std::string flag = "--" + name;
    *words += " " + flag;
    if (values.empty()) values = PluginsOf(flag);
    if (!takes_value) continue;
    script->values +=
        fmt::format("    '{} {}') words='{}'; known=1 ;;\n", path, Plain(flag), Plain(values));
  }
}

void AddApp(const std::string& path, const CLI::App& app, Script* script) {
  std::string words;
  for (const CLI::App* sub : app.get_subcommands({})) {
    const std::string below = path + "/" + sub->get_name();
    script->commands += fmt::format("      '{0}') command='{0}' ;;\n", Plain(below));
    words += " " + sub->get_name();
    AddApp(below, *sub, script);
  }
  for (const CLI::Option* option : app.get_options({})) AddOption(path, *option, script, &words);
  script->words += fmt::format("    '{}') words='{}' ;;\n", path, Plain(words));
}

std::string BashScript(const CLI::App& app) {
  Script script;
  AddApp("", app, &script);
  return "# Completion of sagbench, made by 'sagbench completion'.\n"
         "_sagbench() {\n"
         "  local cur prev words known='' command='' head=''\n"
         "  local -i i\n"
         "  cur=\"${COMP_WORDS[COMP_CWORD]}\"\n"
         "  prev=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
         "  if [[ \"$cur\" == '=' ]]; then cur=''; fi\n"
         "  if [[ \"$prev\" == '=' ]]; then prev=\"${COMP_WORDS[COMP_CWORD-2]}\"; fi\n"
         "  for (( i = 1; i < COMP_CWORD; i++ )); do\n"
         "    case \"$command/${COMP_WORDS[i]}\" in\n" +
         script.commands +
         "    esac\n"
         "  done\n"
         "  case \"$command $prev\" in\n" +
         script.values +
         "  esac\n"
         "  if [[ -z \"$known\" ]]; then\n"
         "    case \"$command\" in\n" +
         script.words +
         "    esac\n"
         "  elif [[ \"$cur\" == *,* ]]; then\n"
         "    head=\"${cur%,*},\"\n"
         "    cur=\"${cur##*,}\"\n"
         "  fi\n"
         "  COMPREPLY=($(compgen -P \"$head\" -W \"$words\" -- \"$cur\"))\n"
         "}\n"
         "complete -o default -F _sagbench sagbench\n";
}

std::string ZshScript(const CLI::App& app) {
  return "#compdef sagbench\nautoload -Uz bashcompinit && bashcompinit\n" + BashScript(app);
}

}  // namespace

void AddCompletion(CLI::App& app, Command& run) {
  CLI::App* command = app.add_subcommand(
      "completion", "a script that completes commands, options and names in bash or zsh");
  auto shell = std::make_shared<std::string>();
  command->add_option("SHELL", *shell, "bash or zsh: source <(sagbench completion bash)")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh"}));
  command->callback([shell, &app, &run] {
    run = [shell, &app] {
      fmt::print("{}", *shell == "zsh" ? ZshScript(app) : BashScript(app));
      return static_cast<int>(ExitCode::kDone);
    };
  });
}

}  // namespace sagbench
