// sagbench list: what there is, from the registries' own declarations.
#include <memory>
#include <utility>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "policies/sampler.h"
#include "schedulers/executor.h"
#include "schedulers/scheduler.h"
#include "tasks/task.h"
#include "tools/answers.h"
#include "tools/command.h"

namespace sagbench {
namespace {

struct ListArguments {
  std::string what = "all";
  bool json = false;
};

const char* KindName(Knob::Kind kind) {
  switch (kind) {
    case Knob::Kind::kInteger:
      return "integer";
    case Knob::Kind::kNumber:
      return "number";
    case Knob::Kind::kChoice:
      return "choice";
    case Knob::Kind::kText:
      return "text";
  }
  return "?";
}

template <class Entries>
nlohmann::json EntriesJson(const Entries& entries) {
  nlohmann::json list = nlohmann::json::array();
  for (const auto& entry : entries) {
    nlohmann::json knobs = nlohmann::json::array();
    for (const Knob& knob : entry.knobs) {
      knobs.push_back({{"name", knob.name},
                       {"kind", KindName(knob.kind)},
                       {"default", knob.default_value},
                       {"range", DescribeRange(knob)},
                       {"help", knob.help}});
    }
    list.push_back({{"name", entry.name}, {"summary", entry.summary}, {"knobs", knobs}});
  }
  return list;
}

std::string EntriesText(const std::string& title, const nlohmann::json& entries) {
  std::string text = title + ":\n";
  for (const nlohmann::json& entry : entries) {
    text += fmt::format("  {:<14} {}\n", entry["name"].get<std::string>(),
                        entry["summary"].get<std::string>());
    for (const nlohmann::json& knob : entry["knobs"]) {
      text += fmt::format("    {}={}  ({}) {}\n", knob["name"].get<std::string>(),
                          knob["default"].get<std::string>(), knob["range"].get<std::string>(),
                          knob["help"].get<std::string>());
    }
  }
  return text;
}

}  // namespace

std::string ListText(const std::string& what, bool json) {
  const std::pair<std::string, nlohmann::json> kinds[] = {
      {"tasks", EntriesJson(Tasks().entries())},
      {"samplers", EntriesJson(Samplers().entries())},
      {"schedulers", EntriesJson(Schedulers().entries())},
      {"executors", EntriesJson(Executors().entries())},
  };
  nlohmann::ordered_json all;
  std::string text;
  for (const auto& [title, entries] : kinds) {
    if (what != "all" && what != title) continue;
    text += EntriesText(title, entries);
    all[title] = entries;
  }
  return json ? all.dump(2) + "\n" : text;
}

void AddList(CLI::App& app, Command& run) {
  CLI::App* list = app.add_subcommand("list", "what there is, with knobs and defaults");
  auto a = std::make_shared<ListArguments>();
  list->add_option("what", a->what, "tasks, samplers, schedulers, executors or all")
      ->default_val("all")
      ->check(CLI::IsMember({"all", "tasks", "samplers", "schedulers", "executors"}));
  list->add_flag("--json", a->json, "as JSON");
  list->callback([a, &run] {
    run = [a] {
      fmt::print("{}", ListText(a->what, a->json));
      return static_cast<int>(ExitCode::kDone);
    };
  });
}

}  // namespace sagbench
