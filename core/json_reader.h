#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "core/error.h"

namespace sagbench {

// Reads the members of one JSON object, each of exactly the type asked for. Every failure throws
// Error (bad file), its sentence beginning with `origin` and naming the key.
class JsonReader {
 public:
  // `object` outlives the reader. `what` is for the sentence: "an episode".
  JsonReader(const nlohmann::json& object, std::string origin, const char* what)
      : object_(object), origin_(std::move(origin)) {
    if (!object.is_object()) throw FileError("{}: {} must be a JSON object", origin_, what);
  }

  void Read(const char* key, std::string* value) const {
    *value = Typed(key, &nlohmann::json::is_string, "a string").get<std::string>();
  }
  void Read(const char* key, bool* value) const {
    *value = Typed(key, &nlohmann::json::is_boolean, "true or false").get<bool>();
  }
  void Read(const char* key, int* value) const {
    const nlohmann::json& number = Typed(key, &nlohmann::json::is_number_integer, "a whole number");
    *value = number.get<int>();
    if (number != *value) throw FileError("{}: '{}' is {}: too large", origin_, key, number.dump());
  }
  void Read(const char* key, int64_t* value) const {
    *value = Typed(key, &nlohmann::json::is_number_integer, "a whole number").get<int64_t>();
  }
  void Read(const char* key, uint64_t* value) const {
    *value =
        Typed(key, &nlohmann::json::is_number_unsigned, "a whole number from 0").get<uint64_t>();
  }
  void Read(const char* key, double* value) const {
    *value = Typed(key, &nlohmann::json::is_number, "a number").get<double>();
  }
  void Read(const char* key, std::map<std::string, std::string>* value) const {
    const nlohmann::json& object = Object(key);
    const JsonReader inner(object, origin_, key);
    for (const auto& [name, text] : object.items()) inner.Read(name.c_str(), &(*value)[name]);
  }
  // Absent where the key is.
  template <class T>
  void Read(const char* key, std::optional<T>* value) const {
    if (object_.contains(key)) Read(key, &value->emplace());
  }

  const nlohmann::json& Object(const char* key) const {
    return Typed(key, &nlohmann::json::is_object, "a JSON object");
  }
  const nlohmann::json& List(const char* key) const {
    return Typed(key, &nlohmann::json::is_array, "a list");
  }
  bool Has(const char* key) const { return object_.contains(key); }

 private:
  const nlohmann::json& Typed(const char* key, bool (nlohmann::json::*is_type)() const noexcept,
                              const char* type) const {
    const auto found = object_.find(key);
    if (found == object_.end()) throw FileError("{}: the key '{}' is missing", origin_, key);
    if (!((*found).*is_type)()) {
      throw FileError("{}: '{}' is {}, not {}", origin_, key, found->dump(), type);
    }
    return *found;
  }

  const nlohmann::json& object_;
  std::string origin_;
};

}  // namespace sagbench
