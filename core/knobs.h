#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace sagbench {

// A declared setting of a plug-in; `list`, `--help` and the checks are made from it.
struct Knob {
  enum class Kind { kInteger, kNumber, kChoice, kText };
  std::string name;
  Kind kind = Kind::kInteger;
  std::string default_value;
  double min = 0.0;  // kInteger, kNumber: inclusive range
  double max = 0.0;
  std::vector<std::string> choices;  // kChoice; of kText what it means
  std::string help;
};

Knob IntegerKnob(std::string name, int64_t default_value, int64_t min, int64_t max,
                 std::string help);
Knob NumberKnob(std::string name, double default_value, double min, double max, std::string help);
Knob ChoiceKnob(std::string name, std::string default_value, std::vector<std::string> choices,
                std::string help);

// Any text without ',' or ':', e.g. a path; `meaning` describes it in place of a range.
Knob TextKnob(std::string name, std::string default_value, std::string meaning, std::string help);

// The range in words: "1 to 100", "legacy, exact" or what a text means.
std::string DescribeRange(const Knob& knob);

// A plug-in as the user wrote it, e.g. "static-cache:interval=5". Underscores in names read as '-'.
struct PluginText {
  std::string name;
  std::map<std::string, std::string> knobs;
};

// Throws Error (usage) on an empty name, a knob without '=' or a repeated knob.
PluginText ParsePlugin(std::string_view text);

// Splits "dense,sag:rate=0.9,reuse=kind" into plug-ins: an item with '=' and no ':' is a further
// knob of the plug-in before it. Throws Error (usage) on empty items.
std::vector<std::string> SplitPluginList(std::string_view text);

// Values for all declared knobs of one plug-in, checked.
class KnobValues {
 public:
  KnobValues() = default;
  // Throws Error (usage) on an unknown knob or a value out of its range; `owner` is for the
  // sentence.
  KnobValues(std::string_view owner, const std::vector<Knob>& declared,
             const std::map<std::string, std::string>& given);

  int64_t Integer(const std::string& name) const;
  double Number(const std::string& name) const;
  const std::string& Choice(const std::string& name) const;
  const std::string& Text(const std::string& name) const;
  // Every knob in canonical spelling, name to value.
  const std::map<std::string, std::string>& all() const { return values_; }

 private:
  std::map<std::string, std::string> values_;
};

// "name" or "name:knob=value,knob=value", with the knobs that differ from their defaults, or all.
std::string CanonicalName(const std::string& name, const std::vector<Knob>& declared,
                          const KnobValues& values, bool all_knobs = false);

// Lower case, '_' to '-'.
std::string CanonicalWord(std::string_view word);

}  // namespace sagbench
