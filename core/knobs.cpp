#include "core/knobs.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <utility>

#include "core/error.h"

namespace sagbench {
namespace {

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (size_t begin = 0;;) {
    const size_t end = text.find(separator, begin);
    parts.push_back(text.substr(begin, end - begin));
    if (end == std::string_view::npos) return parts;
    begin = end + 1;
  }
}

std::string_view Trim(std::string_view text) {
  const auto is_space = [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

// True if all of `text` is one number of type T.
template <class T>
bool ParseAll(std::string_view text, T* value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *value);
  return error == std::errc() && end == text.data() + text.size();
}

// The shortest text that reads back as the same number.
template <class T>
std::string Shortest(T value) {
  return fmt::format("{}", value);
}

std::string ShortestNumber(double value) {
  const bool whole = std::fabs(value) < 1e15 && value == std::trunc(value);
  return whole ? Shortest(static_cast<int64_t>(value)) : Shortest(value);
}

// The canonical spelling of `text` as a value of `knob`, or empty if it is not one.
std::string CanonicalValue(const Knob& knob, std::string_view text) {
  const auto in_range = [&knob](double value) { return value >= knob.min && value <= knob.max; };
  int64_t integer = 0;
  double number = 0.0;
  switch (knob.kind) {
    case Knob::Kind::kInteger:
      if (!ParseAll(text, &integer) || !in_range(static_cast<double>(integer))) return "";
      return Shortest(integer);
    case Knob::Kind::kNumber:
      if (!ParseAll(text, &number) || !in_range(number)) return "";
      return ShortestNumber(number);
    case Knob::Kind::kChoice:
      for (const std::string& choice : knob.choices) {
        if (CanonicalWord(choice) == CanonicalWord(text)) return choice;
      }
      return "";
    case Knob::Kind::kText:
      return std::string(text);
  }
  return "";
}

std::string_view DescribeKind(const Knob& knob) {
  switch (knob.kind) {
    case Knob::Kind::kInteger:
      return "a whole number from ";
    case Knob::Kind::kNumber:
      return "a number from ";
    case Knob::Kind::kChoice:
      return "one of ";
    case Knob::Kind::kText:
      return "";
  }
  return "";
}

std::string CheckedValue(std::string_view owner, const Knob& knob, const std::string& text) {
  std::string value = CanonicalValue(knob, text);
  if (value.empty()) {
    throw UsageError("{}: '{}' is no value for knob '{}': it takes {}{}", owner, text, knob.name,
                     DescribeKind(knob), DescribeRange(knob));
  }
  return value;
}

[[noreturn]] void ThrowUnknownKnob(std::string_view owner, const std::vector<Knob>& declared,
                                   const std::string& name) {
  if (declared.empty()) throw UsageError("{} has no knobs, so '{}' cannot be set", owner, name);
  std::string valid;
  for (const Knob& knob : declared) valid += (valid.empty() ? "" : ", ") + knob.name;
  throw UsageError("{} has no knob '{}': valid are {}", owner, name, valid);
}

void AddKnob(std::string_view plugin, std::string_view item, PluginText* parsed) {
  const size_t equals = item.find('=');
  const std::string name = CanonicalWord(Trim(item.substr(0, equals)));
  if (equals == std::string_view::npos || name.empty()) {
    throw UsageError("'{}' in '{}' is no knob: write NAME:KNOB=VALUE,KNOB=VALUE", item, plugin);
  }
  const bool is_new =
      parsed->knobs.emplace(name, std::string(Trim(item.substr(equals + 1)))).second;
  if (!is_new) throw UsageError("knob '{}' is given twice in '{}'", name, plugin);
}

}  // namespace

Knob IntegerKnob(std::string name, int64_t default_value, int64_t min, int64_t max,
                 std::string help) {
  return {std::move(name),          Knob::Kind::kInteger,     Shortest(default_value),
          static_cast<double>(min), static_cast<double>(max), {},
          std::move(help)};
}

Knob NumberKnob(std::string name, double default_value, double min, double max, std::string help) {
  return {std::move(name), Knob::Kind::kNumber, ShortestNumber(default_value), min, max, {},
          std::move(help)};
}

Knob ChoiceKnob(std::string name, std::string default_value, std::vector<std::string> choices,
                std::string help) {
  return {std::move(name),    Knob::Kind::kChoice, std::move(default_value), 0.0, 0.0,
          std::move(choices), std::move(help)};
}

Knob TextKnob(std::string name, std::string default_value, std::string meaning, std::string help) {
  return {std::move(name),      Knob::Kind::kText, std::move(default_value), 0.0, 0.0,
          {std::move(meaning)}, std::move(help)};
}

std::string DescribeRange(const Knob& knob) {
  if (knob.kind == Knob::Kind::kInteger || knob.kind == Knob::Kind::kNumber) {
    return ShortestNumber(knob.min) + " to " + ShortestNumber(knob.max);
  }
  std::string joined;
  for (const std::string& choice : knob.choices) joined += (joined.empty() ? "" : ", ") + choice;
  return joined;
}

PluginText ParsePlugin(std::string_view text) {
  const size_t colon = text.find(':');
  PluginText parsed{CanonicalWord(Trim(text.substr(0, colon))), {}};
  if (parsed.name.empty()) {
    throw UsageError("'{}' has no name: write NAME or NAME:KNOB=VALUE", text);
  }
  if (colon == std::string_view::npos) return parsed;
  for (const std::string_view item : Split(text.substr(colon + 1), ',')) {
    AddKnob(text, item, &parsed);
  }
  return parsed;
}

std::vector<std::string> SplitPluginList(std::string_view text) {
  std::vector<std::string> plugins;
  for (const std::string_view part : Split(text, ',')) {
    const std::string item(Trim(part));
    if (item.empty()) throw UsageError("'{}' has an empty item: write A,B:KNOB=VALUE", text);
    const bool is_knob = item.find('=') != std::string::npos && item.find(':') == std::string::npos;
    if (!is_knob) {
      plugins.push_back(item);
      continue;
    }
    if (plugins.empty())
      throw UsageError("'{}' begins with the knob '{}': write NAME:KNOB=VALUE", text, item);
    const bool first = plugins.back().find(':') == std::string::npos;
    plugins.back() += (first ? ":" : ",") + item;
  }
  return plugins;
}

KnobValues::KnobValues(std::string_view owner, const std::vector<Knob>& declared,
                       const std::map<std::string, std::string>& given) {
  for (const Knob& knob : declared)
    values_[knob.name] = CheckedValue(owner, knob, knob.default_value);
  for (const auto& [name, text] : given) {
    const auto knob = std::find_if(declared.begin(), declared.end(), [&name = name](const Knob& k) {
      return CanonicalWord(k.name) == CanonicalWord(name);
    });
    if (knob == declared.end()) ThrowUnknownKnob(owner, declared, name);
    values_[knob->name] = CheckedValue(owner, *knob, text);
  }
}

int64_t KnobValues::Integer(const std::string& name) const {
  return std::stoll(values_.at(name));
}

double KnobValues::Number(const std::string& name) const {
  double value = 0.0;
  ParseAll(std::string_view(values_.at(name)), &value);
  return value;
}

const std::string& KnobValues::Text(const std::string& name) const {
  return values_.at(name);
}

const std::string& KnobValues::Choice(const std::string& name) const {
  return values_.at(name);
}

std::string CanonicalName(const std::string& name, const std::vector<Knob>& declared,
                          const KnobValues& values, bool all_knobs) {
  std::string text = name;
  char separator = ':';
  for (const Knob& knob : declared) {
    const std::string& value = values.all().at(knob.name);
    if (!all_knobs && value == CanonicalValue(knob, knob.default_value)) continue;
    text += separator + knob.name + "=" + value;
    separator = ',';
  }
  return text;
}

std::string CanonicalWord(std::string_view word) {
  std::string canonical(word);
  for (char& c : canonical) {
    c = c == '_' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return canonical;
}

}  // namespace sagbench
