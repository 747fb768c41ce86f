#include "core/strict_json.h"

#include <set>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/error.h"

namespace sagbench {
namespace {

using nlohmann::json;

// Watches the parser's events for keys that one object has twice.
class DuplicateWatch {
 public:
  explicit DuplicateWatch(std::string origin) : origin_(std::move(origin)) {}

  void See(json::parse_event_t event, const json& parsed) {
    if (event == json::parse_event_t::object_start) open_objects_.emplace_back();
    if (event == json::parse_event_t::object_end) open_objects_.pop_back();
    if (event != json::parse_event_t::key) return;
    const auto& key = parsed.get_ref<const std::string&>();
    if (!open_objects_.back().insert(key).second) {
      throw FileError("{}: the key '{}' is there twice", origin_, key);
    }
  }

 private:
  std::string origin_;
  std::vector<std::set<std::string>> open_objects_;
};

}  // namespace

json ParseStrictJson(std::string_view text, const std::string& origin) {
  DuplicateWatch watch(origin);
  try {
    return json::parse(text, [&watch](int /*depth*/, json::parse_event_t event, json& parsed) {
      watch.See(event, parsed);
      return true;
    });
  } catch (const json::exception& error) {
    throw FileError("{}: not valid JSON ({})", origin, error.what());
  }
}

}  // namespace sagbench
