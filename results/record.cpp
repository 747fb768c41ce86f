#include "results/record.h"

#include <nlohmann/json.hpp>

#include "core/error.h"

namespace sagbench {
namespace {

using nlohmann::json;

// Reads the members of one JSON object; errors begin with the origin and name the key.
class Reader {
 public:
  Reader(const json& object, const std::string& origin) : object_(object), origin_(origin) {}

  void Read(const char* key, std::string* value) const {
    *value = Typed(key, &json::is_string, "a string").get<std::string>();
  }
  void Read(const char* key, bool* value) const {
    *value = Typed(key, &json::is_boolean, "true or false").get<bool>();
  }
  void Read(const char* key, int64_t* value) const {
    *value = Typed(key, &json::is_number_integer, "a whole number").get<int64_t>();
  }
  void Read(const char* key, uint64_t* value) const {
    *value = Typed(key, &json::is_number_unsigned, "a whole number from 0").get<uint64_t>();
  }
  void Read(const char* key, double* value) const {
    *value = Typed(key, &json::is_number, "a number").get<double>();
  }
  void Read(const char* key, std::optional<double>* value) const {
    if (object_.contains(key)) Read(key, &value->emplace());
  }

 private:
  const json& Typed(const char* key, bool (json::*is_type)() const noexcept,
                    const char* type) const {
    const auto found = object_.find(key);
    if (found == object_.end()) throw FileError("{}: the key '{}' is missing", origin_, key);
    if (!((*found).*is_type)()) {
      throw FileError("{}: '{}' is {}, not {}", origin_, key, found->dump(), type);
    }
    return *found;
  }

  const json& object_;
  const std::string& origin_;
};

// Calls visit(key, member) for each member, so that writing and reading cannot disagree.
template <class Record, class Visit>
void VisitMembers(Record& record, Visit visit) {
  visit("task", record.task);
  visit("sampler", record.sampler);
  visit("scheduler", record.scheduler);
  visit("seed", record.seed);
  visit("success", record.success);
  visit("score", record.score);
  visit("failure", record.failure);
  visit("steps", record.steps);
  visit("replans", record.replans);
  visit("computed_cells", record.computed_cells);
  visit("total_cells", record.total_cells);
  visit("flops", record.flops);
  visit("pruner_flops", record.pruner_flops);
  visit("skipped_flops", record.skipped_flops);
  visit("plan_digest", record.plan_digest);
  visit("action_digest", record.action_digest);
  visit("wall_s", record.wall_s);
}

template <class T>
void Put(json& object, const char* key, const T& value) {
  object[key] = value;
}

void Put(json& object, const char* key, const std::optional<double>& value) {
  if (value) object[key] = *value;
}

}  // namespace

json ToJson(const EpisodeRecord& record) {
  json object = json::object();
  VisitMembers(record, [&](const char* key, const auto& value) { Put(object, key, value); });
  return object;
}

EpisodeRecord EpisodeFromJson(const json& object, const std::string& origin) {
  if (!object.is_object()) throw FileError("{}: an episode must be a JSON object", origin);
  const Reader reader(object, origin);
  EpisodeRecord record;
  VisitMembers(record, [&](const char* key, auto& value) { reader.Read(key, &value); });
  return record;
}

}  // namespace sagbench
