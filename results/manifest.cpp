#include "results/manifest.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/json_reader.h"

namespace sagbench {
namespace {

using nlohmann::json;

// Calls visit(key, member) for each member, so that writing and reading cannot disagree.
template <class C, class Visit>
void VisitContext(C& context, Visit visit) {
  visit("commit", context.commit);
  visit("build_type", context.build_type);
  visit("flags", context.flags);
  visit("versions", context.versions);
  visit("host", context.host);
  visit("cpu", context.cpu);
  visit("threads", context.threads);
  visit("gpu", context.gpu);
  visit("driver", context.driver);
  visit("clocks", context.clocks);
  visit("throttle", context.throttle);
  visit("precision", context.precision);
  visit("tf32", context.tf32);
  visit("command_line", context.command_line);
  visit("date", context.date);
}

template <class Row, class Visit>
void VisitRow(Row& row, Visit visit) {
  visit("task", row.identity.task);
  visit("sampler", row.identity.sampler);
  visit("scheduler", row.identity.scheduler);
  visit("params", row.identity.params);
  visit("policy", row.identity.policy_name);
  visit("policy_sha256", row.identity.policy_sha256);
  visit("executor", row.identity.executor);
  visit("device", row.identity.device);
  visit("seed", row.identity.seed);
  visit("control_period", row.identity.control_period);
  visit("action_steps", row.identity.action_steps);
  visit("thinking_ms", row.identity.thinking_ms);
  visit("episodes", row.episodes);
}

template <class Plan, class Visit>
void VisitLatency(Plan& plan, Visit visit) {
  visit("samples", plan.samples);
  visit("warmup", plan.warmup);
  visit("block_size", plan.block_size);
  visit("within", plan.within);
}

template <class T>
void Put(json& object, const char* key, const T& value) {
  object[key] = value;
}

template <class T>
void Put(json& object, const char* key, const std::optional<T>& value) {
  if (value) object[key] = *value;
}

// Writes each visited member into `object`.
auto Into(json& object) {
  return [&object](const char* key, const auto& value) { Put(object, key, value); };
}

auto From(const JsonReader& reader) {
  return [&reader](const char* key, auto& value) { reader.Read(key, &value); };
}

json RowsJson(const Manifest& manifest) {
  json rows = json::array();
  for (const PlannedRow& row : manifest.rows) {
    rows.push_back(json::object());
    VisitRow(row, Into(rows.back()));
  }
  return rows;
}

json LatencyJson(const Manifest& manifest) {
  json latency = json::object();
  VisitLatency(*manifest.latency, Into(latency));
  return latency;
}

// What must be equal for two folders to hold parts of one run.
json Identity(const Manifest& manifest, bool with_latency) {
  json identity = {{"batch", manifest.batch},
                   {"margin", manifest.margin},
                   {"sequential", manifest.sequential},
                   {"rows", RowsJson(manifest)},
                   {"commit", manifest.context.commit},
                   {"build type", manifest.context.build_type},
                   {"compiler flags", manifest.context.flags},
                   {"version of", manifest.context.versions}};
  if (with_latency) identity["latency"] = LatencyJson(manifest);
  return identity;
}

// The words that lead to a value, and of which row it is: "/rows/3/scheduler" is "scheduler", 4.
struct Place {
  std::string words;
  int row = 0;  // from 1; 0: of none
};

Place PlaceOf(const std::string& pointer) {
  std::vector<std::string> parts;
  for (const char c : pointer) {
    if (c == '/') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  if (parts.front() == "rows") return {parts.back(), std::stoi(parts[1]) + 1};
  return {parts.size() == 1 ? parts[0] : parts[0] + " " + parts.back(), 0};
}

std::string OfRows(const std::vector<int>& rows) {
  if (rows.front() == 0) return "";
  if (rows.size() == 1) return fmt::format(" of row {}", rows.front());
  return fmt::format(" of row {} and {} more", rows.front(), rows.size() - 1);
}

void CheckAtLeast(int64_t value, int64_t least, const char* key, const std::string& origin) {
  if (value < least) throw FileError("{}: '{}' is {}, not {} or more", origin, key, value, least);
}

}  // namespace

std::vector<WorkItem> WorkItems(const Manifest& manifest) {
  int64_t longest = 0;
  for (const PlannedRow& row : manifest.rows) longest = std::max(longest, row.episodes);
  std::vector<WorkItem> items;
  for (int64_t first = 0; first < longest; first += manifest.batch) {
    for (size_t row = 0; row < manifest.rows.size(); ++row) {
      const int64_t left = manifest.rows[row].episodes - first;
      if (left > 0) items.push_back({row, first, std::min(left, manifest.batch)});
    }
  }
  return items;
}

json ToJson(const Manifest& manifest) {
  json context = json::object();
  VisitContext(manifest.context, Into(context));
  json object = {{"format", Manifest::kFormat},       {"batch", manifest.batch},
                 {"margin", manifest.margin},         {"rows", RowsJson(manifest)},
                 {"spread", manifest.spread},         {"plans", manifest.plans},
                 {"sequential", manifest.sequential}, {"context", std::move(context)}};
  if (manifest.latency) object["latency"] = LatencyJson(manifest);
  return object;
}

Manifest ManifestFromJson(const json& object, const std::string& origin) {
  const JsonReader reader(object, origin, "a manifest");
  int format = 0;
  reader.Read("format", &format);
  if (format != Manifest::kFormat) {
    throw FileError("{}: format {} is unknown: valid is {}", origin, format, Manifest::kFormat);
  }
  Manifest manifest;
  reader.Read("batch", &manifest.batch);
  reader.Read("margin", &manifest.margin);
  reader.Read("spread", &manifest.spread);
  if (reader.Has("plans")) reader.Read("plans", &manifest.plans);
  if (reader.Has("sequential")) reader.Read("sequential", &manifest.sequential);
  CheckAtLeast(manifest.batch, 1, "batch", origin);
  VisitContext(manifest.context, From({reader.Object("context"), origin, "context"}));
  if (reader.Has("latency")) {
    VisitLatency(manifest.latency.emplace(), From({reader.Object("latency"), origin, "latency"}));
    CheckAtLeast(manifest.latency->samples, 1, "samples", origin);
    CheckAtLeast(manifest.latency->block_size, 1, "block_size", origin);
  }
  for (const json& row : reader.List("rows")) {
    VisitRow(manifest.rows.emplace_back(), From({row, origin, "a row"}));
    CheckAtLeast(manifest.rows.back().episodes, 1, "episodes", origin);
  }
  if (manifest.rows.empty()) throw FileError("{}: there are no rows", origin);
  return manifest;
}

bool AddMeasurements(const Manifest& more, Manifest* manifest) {
  const bool adds = (more.latency && !manifest->latency) || (more.spread && !manifest->spread) ||
                    (more.plans && !manifest->plans);
  if (!manifest->latency) manifest->latency = more.latency;
  manifest->spread = manifest->spread || more.spread;
  manifest->plans = manifest->plans || more.plans;
  if (adds) manifest->context.command_line = more.context.command_line;
  return adds;
}

bool IsSameRow(const PlannedRow& one, const PlannedRow& other) {
  json object = json::object(), other_object = json::object();
  VisitRow(one, Into(object));
  VisitRow(other, Into(other_object));
  object.erase("episodes");
  other_object.erase("episodes");
  return object == other_object;
}

std::vector<std::string> Differences(const Manifest& there, const Manifest& here) {
  if (there.rows.size() != here.rows.size()) {
    return {fmt::format("number of rows (there {}, here {})", there.rows.size(), here.rows.size())};
  }
  const bool with_latency = there.latency.has_value() && here.latency.has_value();
  const json flat_there = Identity(there, with_latency).flatten();
  const json flat_here = Identity(here, with_latency).flatten();
  std::map<std::string, std::pair<std::string, std::string>> values;
  for (const auto& [key, value] : flat_there.items()) values[key].first = value.dump();
  for (const auto& [key, value] : flat_here.items()) values[key].second = value.dump();
  // The same difference in many rows is one.
  std::vector<std::tuple<std::string, std::string, std::vector<int>>> found;
  for (const auto& [key, pair] : values) {
    if (pair.first == pair.second) continue;
    const Place place = PlaceOf(key);
    const std::string what =
        fmt::format(" (there {}, here {})", pair.first.empty() ? "none" : pair.first,
                    pair.second.empty() ? "none" : pair.second);
    const auto same = std::find_if(found.begin(), found.end(), [&](const auto& other) {
      return std::get<0>(other) == place.words && std::get<1>(other) == what;
    });
    if (same == found.end()) {
      found.emplace_back(place.words, what, std::vector<int>{place.row});
    } else {
      std::get<2>(*same).push_back(place.row);
    }
  }
  std::vector<std::string> differences;
  for (const auto& [words, what, rows] : found) differences.push_back(words + OfRows(rows) + what);
  return differences;
}

std::string DescribeDifferences(const std::vector<std::string>& differences) {
  constexpr size_t kShown = 4;
  std::string text;
  for (size_t i = 0; i < std::min(kShown, differences.size()); ++i) {
    text += (i == 0 ? "" : ", ") + differences[i];
  }
  if (differences.size() > kShown) text += fmt::format(" and {} more", differences.size() - kShown);
  return text;
}

}  // namespace sagbench
