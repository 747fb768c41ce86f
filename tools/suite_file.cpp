#include "tools/suite_file.h"

#include <set>

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/files.h"
#include "core/strict_json.h"

namespace sagbench {
namespace {

using nlohmann::json;

// What a file cannot decide for the command that reads it.
const std::set<std::string> kOnlyTyped = {"config", "dry-run", "help", "resume", "shard", "take"};
const std::set<std::string> kRowKeys = {"task", "sampler", "scheduler", "executor", "episodes"};

std::string JoinKeys(const std::set<std::string>& keys) {
  std::string joined;
  for (const std::string& key : keys) joined += (joined.empty() ? "" : ", ") + key;
  return joined;
}

// The value as it would be typed.
std::string Typed(const json& value, const std::string& where) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number() || value.is_boolean()) return value.dump();
  if (!value.is_array() || value.empty()) {
    throw UsageError("{} is {}: valid are a text, a number, true, false or a list of texts", where,
                     value.dump());
  }
  std::string joined;
  for (const json& item : value) {
    if (!item.is_string()) throw UsageError("{} holds {}, not a text", where, item.dump());
    joined += (joined.empty() ? "" : ",") + item.get<std::string>();
  }
  return joined;
}

class SuiteFile {
 public:
  SuiteFile(const std::filesystem::path& path, CLI::App& command)
      : name_("'" + path.string() + "'"), command_(command) {
    file_ = ParseStrictJson(ReadFile(path), name_);
    if (!file_.is_object()) throw UsageError("{}: a suite must be a JSON object", name_);
  }

  // Rows first: setting an option makes it look as if it had been typed.
  std::vector<SuiteFileRows> Apply() {
    std::vector<SuiteFileRows> rows;
    if (file_.contains("rows")) {
      if (!file_["rows"].is_array() || file_["rows"].empty()) {
        throw UsageError("{}: 'rows' must be a list of objects", name_);
      }
      for (const json& row : file_["rows"]) rows.push_back(Row(row));
    }
    for (const auto& [key, value] : file_.items()) {
      if (key != "rows") SetOption(key, value);
    }
    return rows;
  }

 private:
  bool IsTyped(const std::string& key) const {
    return command_.get_option("--" + key)->count() > 0;
  }

  SuiteFileRows Row(const json& row) const {
    if (!row.is_object()) throw UsageError("{}: the row {} is no object", name_, row.dump());
    SuiteFileRows rows;
    for (const auto& [key, value] : row.items()) {
      if (!kRowKeys.contains(key)) {
        throw UsageError("{}: unknown key '{}' in a row: valid are {}", name_, key,
                         JoinKeys(kRowKeys));
      }
      if (IsTyped(key)) continue;
      if (key == "episodes") {
        if (!value.is_number_integer() || value < 1) {
          throw UsageError("{}: episodes {} of a row are not valid: 1 or more", name_,
                           value.dump());
        }
        rows.episodes = value.get<int64_t>();
        continue;
      }
      const std::string text = Typed(value, name_ + ": '" + key + "'");
      if (key == "task") rows.task = text;
      if (key == "sampler") rows.sampler = text;
      if (key == "scheduler") rows.scheduler = text;
      if (key == "executor") rows.executor = text;
    }
    return rows;
  }

  void SetOption(const std::string& key, const json& value) {
    CLI::Option* option = command_.get_option_no_throw("--" + key);
    if (option == nullptr || kOnlyTyped.contains(key)) {
      throw UsageError("{}: unknown key '{}': valid are 'rows' and the options of sagbench {}",
                       name_, key, command_.get_name());
    }
    if (option->count() > 0) return;
    try {
      option->add_result(Typed(value, name_ + ": '" + key + "'"));
      option->run_callback();
    } catch (const CLI::ParseError& error) {
      throw UsageError("{}: {}", name_, error.what());
    }
  }

  const std::string name_;
  CLI::App& command_;
  json file_;
};

}  // namespace

std::vector<SuiteFileRows> ApplySuiteFile(const std::filesystem::path& path, CLI::App& command) {
  return SuiteFile(path, command).Apply();
}

}  // namespace sagbench
