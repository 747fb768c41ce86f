#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace sagbench {

// A matrix of rows (control steps), row-major.
struct Rows {
  size_t width = 0;
  std::vector<double> values;  // rows * width
  size_t count() const { return width == 0 ? 0 : values.size() / width; }
};

// One recorded episode. Row t of each observation is what the actor saw before actions row t.
struct Demonstration {
  std::map<std::string, Rows> observations;  // key -> rows, e.g. "keypoints", "agent_pos"
  Rows actions;
  Rows states;                  // simulator state before actions row t, for replay
  std::vector<double> rewards;  // after actions row t
  std::vector<uint8_t> dones;
  std::map<std::string, std::string> attributes;  // e.g. "seed", "start", "actor"
};

// Attributes of the whole file (`data`): task, knobs, command, commit, ...
struct DemonstrationFileInfo {
  std::map<std::string, std::string> attributes;
};

// robomimic's HDF5 layout: data/demo_i/{obs/KEY, actions, states, rewards, dones}, attributes
// `num_samples` and `total`, filters mask/train and mask/valid. Demonstrations are numbered from 0.
// `valid_share` of them (at least one where there are two or more), chosen evenly, go to
// mask/valid. Written to a temporary file and renamed. Throws Error (environment) if it cannot be
// written.
void WriteDemonstrations(const std::filesystem::path& path, const DemonstrationFileInfo& info,
                         const std::vector<Demonstration>& demonstrations,
                         double valid_share = 0.02);

struct DemonstrationFile {
  DemonstrationFileInfo info;
  std::vector<Demonstration> demonstrations;
  std::vector<size_t> train;  // indices into demonstrations; all of them where the file has no mask
  std::vector<size_t> valid;
};

// Throws Error (bad file) naming the missing key, the wrong shape or the non-finite value.
// `observation_keys` are required of every demonstration; other keys are not read.
DemonstrationFile ReadDemonstrations(const std::filesystem::path& path,
                                     const std::vector<std::string>& observation_keys);

}  // namespace sagbench
