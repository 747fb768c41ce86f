#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/knobs.h"

namespace sagbench {

// "a, b, c" of the names in `entries` (anything with a member `name`).
template <class Entries>
std::string JoinNames(const Entries& entries) {
  std::string joined;
  for (const auto& entry : entries) joined += (joined.empty() ? "" : ", ") + entry.name;
  return joined;
}

// The plug-ins of one interface, filled by static initialisers (so plug-ins are OBJECT libraries).
// `Context` is what a factory gets beside its knobs.
template <class Product, class... Context>
class Registry {
 public:
  struct Entry {
    std::string name;
    std::string summary;  // one line
    std::vector<Knob> knobs;
    std::function<std::unique_ptr<Product>(const KnobValues&, Context...)> make;
    // For tests: knobs at which it changes nothing, e.g. "interval=1", and those with which a
    // trained or calibrated plug-in works without its file.
    std::string identity = {};
    std::string untrained = {};
  };

  // A plug-in with its checked knobs, as chosen by the user.
  struct Choice {
    const Entry* entry = nullptr;
    KnobValues knobs;
    std::string Name() const { return CanonicalName(entry->name, entry->knobs, knobs); }
    std::unique_ptr<Product> Make(Context... context) const {
      return entry->make(knobs, std::forward<Context>(context)...);
    }
  };

  explicit Registry(std::string kind) : kind_(std::move(kind)) {}

  // Returns true, so that a plug-in's last line can be a static initialiser.
  bool Add(Entry entry) {
    const auto at =
        std::lower_bound(entries_.begin(), entries_.end(), entry,
                         [](const Entry& a, const Entry& b) { return a.name < b.name; });
    entries_.insert(at, std::move(entry));
    return true;
  }

  // Sorted by name.
  const std::vector<Entry>& entries() const { return entries_; }
  bool Has(std::string_view name) const { return FindOrNull(name) != nullptr; }

  // Throws Error (usage) with the valid names, or the knob's valid values.
  Choice Choose(std::string_view text) const {
    const PluginText plugin = ParsePlugin(text);
    const Entry* entry = FindOrNull(plugin.name);
    if (entry == nullptr) {
      throw UsageError("unknown {} '{}': valid are {}", kind_, plugin.name, JoinNames(entries_));
    }
    return {entry, KnobValues(kind_ + " " + entry->name, entry->knobs, plugin.knobs)};
  }

 private:
  const Entry* FindOrNull(std::string_view name) const {
    for (const Entry& entry : entries_) {
      if (entry.name == name) return &entry;
    }
    return nullptr;
  }

  std::string kind_;
  std::vector<Entry> entries_;
};

}  // namespace sagbench
