#include "results/record.h"

#include <nlohmann/json.hpp>

#include "core/json_reader.h"

namespace sagbench {
namespace {

using nlohmann::json;

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
  visit("commit", record.commit);
}

template <class T>
void Put(json& object, const char* key, const T& value) {
  object[key] = value;
}

template <class T>
void Put(json& object, const char* key, const std::optional<T>& value) {
  if (value) object[key] = *value;
}

}  // namespace

json ToJson(const EpisodeRecord& record) {
  json object = json::object();
  VisitMembers(record, [&](const char* key, const auto& value) { Put(object, key, value); });
  return object;
}

EpisodeRecord EpisodeFromJson(const json& object, const std::string& origin) {
  const JsonReader reader(object, origin, "an episode");
  EpisodeRecord record;
  VisitMembers(record, [&](const char* key, auto& value) { reader.Read(key, &value); });
  return record;
}

}  // namespace sagbench
