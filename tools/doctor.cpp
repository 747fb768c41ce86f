// sagbench doctor: what is there, what is not, and what to do about it.
#include "bench/doctor.h"

#include <algorithm>
#include <memory>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "tools/command.h"

namespace sagbench {
namespace {

int64_t Count(const std::vector<Check>& checks, CheckState state) {
  return std::count_if(checks.begin(), checks.end(),
                       [state](const Check& check) { return check.state == state; });
}

std::string DoctorText(const std::vector<Check>& checks) {
  size_t width = 0;
  for (const Check& check : checks) width = std::max(width, check.name.size());
  std::string text;
  for (const Check& check : checks) {
    text += fmt::format("{:<7}  {:<{}}  {}\n", CheckStateName(check.state), check.name, width,
                        check.value);
    if (!check.advice.empty()) text += fmt::format("{:9}{}\n", "", check.advice);
  }
  return text + fmt::format("{} checks: {} missing, {} problems, {} notes\n", checks.size(),
                            Count(checks, CheckState::kMissing),
                            Count(checks, CheckState::kProblem), Count(checks, CheckState::kNote));
}

std::string DoctorJson(const std::vector<Check>& checks) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Check& check : checks) {
    nlohmann::ordered_json item = {
        {"name", check.name}, {"state", CheckStateName(check.state)}, {"value", check.value}};
    if (!check.advice.empty()) item["advice"] = check.advice;
    list.push_back(std::move(item));
  }
  const nlohmann::ordered_json all = {{"complete", Count(checks, CheckState::kMissing) == 0},
                                      {"checks", list}};
  return all.dump(2) + "\n";
}

int RunDoctor(bool json) {
  const std::vector<Check> checks = Diagnose();
  fmt::print("{}", json ? DoctorJson(checks) : DoctorText(checks));
  const bool complete = Count(checks, CheckState::kMissing) == 0;
  return static_cast<int>(complete ? ExitCode::kDone : ExitCode::kEnvironment);
}

}  // namespace

void AddDoctor(CLI::App& app, Command& run) {
  CLI::App* command = app.add_subcommand(
      "doctor", "what is there of machine, tasks, policies and pruners, and what to do about it");
  auto json = std::make_shared<bool>(false);
  command->add_flag("--json", *json, "as JSON");
  command->callback([json, &run] { run = [json] { return RunDoctor(*json); }; });
}

}  // namespace sagbench
