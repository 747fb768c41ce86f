#include "core/demonstrations.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <set>

#include "core/error.h"
#include "core/files.h"
#include "core/hdf5_file.h"

namespace sagbench {
namespace {

std::string DemoName(size_t index) {
  return "demo_" + std::to_string(index);
}

void AddRows(Hdf5Builder& file, const std::string& path, const Rows& rows) {
  file.AddDoubles(path, {rows.count(), rows.width}, rows.values);
}

// Each part has a row for each action.
void CheckRows(const std::string& where, const Demonstration& demonstration) {
  const size_t count = demonstration.actions.count();
  const auto check = [&](const std::string& key, size_t rows) {
    if (rows != count) {
      throw FileError("{}/{}: {} rows, but actions has {}", where, key, rows, count);
    }
  };
  if (count == 0) throw FileError("{}: no actions", where);
  for (const auto& [key, rows] : demonstration.observations) check("obs/" + key, rows.count());
  if (demonstration.states.width > 0) check("states", demonstration.states.count());
  if (!demonstration.rewards.empty()) check("rewards", demonstration.rewards.size());
  if (!demonstration.dones.empty()) check("dones", demonstration.dones.size());
}

void AddDemonstration(Hdf5Builder& file, const std::string& path,
                      const Demonstration& demonstration) {
  CheckRows(path, demonstration);
  file.AddGroup(path);
  file.AddGroup(path + "/obs");
  for (const auto& [key, rows] : demonstration.observations) {
    AddRows(file, path + "/obs/" + key, rows);
  }
  AddRows(file, path + "/actions", demonstration.actions);
  if (demonstration.states.width > 0) AddRows(file, path + "/states", demonstration.states);
  if (!demonstration.rewards.empty()) {
    file.AddDoubles(path + "/rewards", {demonstration.rewards.size()}, demonstration.rewards);
  }
  if (!demonstration.dones.empty()) file.AddBytes(path + "/dones", demonstration.dones);
  file.SetAttribute(path, "num_samples", static_cast<int64_t>(demonstration.actions.count()));
  for (const auto& [name, value] : demonstration.attributes) file.SetAttribute(path, name, value);
}

// Indices of the demonstrations that are kept for validation, evenly spread.
std::set<size_t> ChooseValid(size_t count, double share) {
  std::set<size_t> valid;
  if (count < 2 || share <= 0.0) return valid;
  const size_t wanted = std::clamp<size_t>(std::lround(share * count), 1, count - 1);
  for (size_t i = 0; i < wanted; ++i) valid.insert((2 * i + 1) * count / (2 * wanted));
  return valid;
}

std::string ShapeOf(const Hdf5Array& array) {
  std::string text;
  for (const uint64_t size : array.shape) text += (text.empty() ? "" : ", ") + std::to_string(size);
  return "[" + text + "]";
}

void CheckFinite(const std::string& where, const std::vector<double>& values) {
  const auto bad = std::find_if_not(values.begin(), values.end(),
                                    [](double value) { return std::isfinite(value); });
  if (bad != values.end()) {
    throw FileError("{}: value {} at index {} is not finite", where, *bad, bad - values.begin());
  }
}

Rows ReadRows(const Hdf5Reader& file, const std::string& path) {
  Hdf5Array array = file.Numbers(path);
  if (array.shape.size() != 2 || array.shape[1] == 0) {
    throw FileError("{}: '{}' has shape {}, not [steps, width]", file.name(), path, ShapeOf(array));
  }
  CheckFinite(file.name() + ": '" + path + "'", array.values);
  return {array.shape[1], std::move(array.values)};
}

std::vector<double> ReadColumn(const Hdf5Reader& file, const std::string& path) {
  Hdf5Array array = file.Numbers(path);
  if (array.shape.size() != 1) {
    throw FileError("{}: '{}' has shape {}, not [steps]", file.name(), path, ShapeOf(array));
  }
  CheckFinite(file.name() + ": '" + path + "'", array.values);
  return std::move(array.values);
}

Demonstration ReadDemonstration(const Hdf5Reader& file, const std::string& path,
                                const std::vector<std::string>& observation_keys) {
  Demonstration demonstration;
  for (const std::string& key : observation_keys) {
    demonstration.observations[key] = ReadRows(file, path + "/obs/" + key);
  }
  demonstration.actions = ReadRows(file, path + "/actions");
  if (file.Has(path + "/states")) demonstration.states = ReadRows(file, path + "/states");
  if (file.Has(path + "/rewards")) demonstration.rewards = ReadColumn(file, path + "/rewards");
  if (file.Has(path + "/dones")) {
    const std::vector<double> dones = ReadColumn(file, path + "/dones");
    demonstration.dones.assign(dones.begin(), dones.end());
  }
  for (auto& [name, value] : file.StringAttributes(path)) {
    demonstration.attributes[name] = std::move(value);
  }
  CheckRows(file.name() + ": '" + path, demonstration);
  return demonstration;
}

// The widths that the first demonstration has, the others have too.
void CheckWidths(const std::string& name, const std::vector<Demonstration>& demonstrations) {
  const Demonstration& first = demonstrations.front();
  for (size_t i = 0; i < demonstrations.size(); ++i) {
    const auto check = [&](const std::string& key, const Rows& rows, const Rows& expected) {
      if (rows.width == expected.width) return;
      throw FileError("{}: demonstration {} has {} of width {}, the first one of width {}", name, i,
                      key, rows.width, expected.width);
    };
    check("actions", demonstrations[i].actions, first.actions);
    for (const auto& [key, rows] : demonstrations[i].observations) {
      check("obs/" + key, rows, first.observations.at(key));
    }
  }
}

// The number of "demo_12", or none.
std::optional<size_t> DemoNumber(const std::string& name) {
  size_t number = 0;
  if (!name.starts_with("demo_")) return std::nullopt;
  const auto [end, error] = std::from_chars(name.data() + 5, name.data() + name.size(), number);
  if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
  return number;
}

// Indices of the demonstrations that a filter names.
std::vector<size_t> ReadMask(const Hdf5Reader& file, const std::string& path,
                             const std::map<size_t, size_t>& index_of) {
  std::vector<size_t> indices;
  for (const std::string& name : file.Strings(path)) {
    const std::optional<size_t> number = DemoNumber(name);
    if (!number || index_of.count(*number) == 0) {
      throw FileError("{}: '{}' names '{}', which is not in 'data'", file.name(), path, name);
    }
    indices.push_back(index_of.at(*number));
  }
  std::sort(indices.begin(), indices.end());
  return indices;
}

}  // namespace

void WriteDemonstrations(const std::filesystem::path& path, const DemonstrationFileInfo& info,
                         const std::vector<Demonstration>& demonstrations, double valid_share) {
  const std::set<size_t> valid = ChooseValid(demonstrations.size(), valid_share);
  Hdf5Builder file;
  file.AddGroup("data");
  file.AddGroup("mask");
  std::vector<std::string> train_names, valid_names;
  int64_t total = 0;
  for (size_t i = 0; i < demonstrations.size(); ++i) {
    AddDemonstration(file, "data/" + DemoName(i), demonstrations[i]);
    total += static_cast<int64_t>(demonstrations[i].actions.count());
    (valid.count(i) != 0 ? valid_names : train_names).push_back(DemoName(i));
  }
  file.AddStrings("mask/train", train_names);
  file.AddStrings("mask/valid", valid_names);
  file.SetAttribute("data", "total", total);
  for (const auto& [name, value] : info.attributes) file.SetAttribute("data", name, value);
  WriteFileAtomically(path, file.Bytes());
}

DemonstrationFile ReadDemonstrations(const std::filesystem::path& path,
                                     const std::vector<std::string>& observation_keys) {
  const Hdf5Reader file(path);
  if (!file.Has("data")) throw FileError("{}: no key 'data'", file.name());
  DemonstrationFile result;
  for (auto& [name, value] : file.StringAttributes("data")) {
    result.info.attributes[name] = std::move(value);
  }
  std::map<size_t, size_t> index_of;  // number in the file -> index
  for (const std::string& name : file.Names("data")) {
    if (const std::optional<size_t> number = DemoNumber(name)) index_of[*number] = 0;
  }
  if (index_of.empty()) throw FileError("{}: 'data' has no demonstrations", file.name());
  for (auto& [number, index] : index_of) {
    index = result.demonstrations.size();
    result.demonstrations.push_back(
        ReadDemonstration(file, "data/" + DemoName(number), observation_keys));
  }
  CheckWidths(file.name(), result.demonstrations);
  if (file.Has("mask/valid")) result.valid = ReadMask(file, "mask/valid", index_of);
  if (file.Has("mask/train")) {
    result.train = ReadMask(file, "mask/train", index_of);
  } else {
    for (size_t i = 0; i < result.demonstrations.size(); ++i) result.train.push_back(i);
  }
  return result;
}

}  // namespace sagbench
