#include "policies/dataset.h"

#include <algorithm>

#include "core/error.h"
#include "policies/aten.h"

namespace sagbench {
namespace {

// Rows [count, width] of doubles as float32.
at::Tensor ToTensor(const Rows& rows) {
  const at::Tensor wide = at::from_blob(
      const_cast<double*>(rows.values.data()),
      {static_cast<int64_t>(rows.count()), static_cast<int64_t>(rows.width)}, at::kDouble);
  return wide.to(at::kFloat);
}

at::Tensor ConcatenateKeys(const PolicyConfig& config, const Demonstration& demonstration) {
  std::vector<at::Tensor> parts;
  for (const std::string& key : config.observation_keys) {
    const auto found = demonstration.observations.find(key);
    if (found == demonstration.observations.end()) {
      throw FileError("a demonstration has no observation '{}'", key);
    }
    parts.push_back(ToTensor(found->second));
  }
  return at::cat(parts, 1);
}

void CheckWidth(const char* what, int64_t width, int expected) {
  if (width != expected) {
    throw FileError("the demonstrations' {} have {} numbers, the policy's {}", what, width,
                    expected);
  }
}

}  // namespace

WindowDataset::WindowDataset(const PolicyConfig& config, const DemonstrationFile& file,
                             const std::vector<size_t>& chosen, int pad_after)
    : horizon_(config.horizon), observation_steps_(config.observation_steps) {
  if (chosen.empty()) throw FileError("the data file names no demonstration to train on");
  std::vector<at::Tensor> observations, actions;
  int64_t first = 0;
  for (const size_t index : chosen) {
    const Demonstration& demonstration = file.demonstrations.at(index);
    observations.push_back(ConcatenateKeys(config, demonstration));
    actions.push_back(ToTensor(demonstration.actions));
    const int64_t length = actions.back().size(0);
    for (int64_t start = 1 - config.observation_steps; start + config.horizon <= length + pad_after;
         ++start) {
      windows_.push_back({first, first + length - 1, first + start});
    }
    first += length;
  }
  observations_ = at::cat(observations);
  actions_ = at::cat(actions);
  CheckWidth("observations", observations_.size(1), config.observation_size);
  CheckWidth("actions", actions_.size(1), config.action_size);
  if (windows_.empty()) {
    throw FileError("every demonstration is too short for a horizon of {} steps", config.horizon);
  }
}

WindowDataset::Batch WindowDataset::Gather(const std::vector<int64_t>& indices) const {
  const auto batch = static_cast<int64_t>(indices.size());
  at::Tensor rows = at::empty({batch, horizon_}, at::kLong);
  auto* row = rows.data_ptr<int64_t>();
  for (const int64_t index : indices) {
    const Window& window = windows_.at(index);
    for (int64_t i = 0; i < horizon_; ++i) {
      *row++ = std::clamp(window.start + i, window.first, window.last);
    }
  }
  const at::Tensor seen = rows.narrow(1, 0, observation_steps_).flatten();
  return {.observations = observations_.index_select(0, seen).view({batch, observation_steps_, -1}),
          .actions = actions_.index_select(0, rows.flatten()).view({batch, horizon_, -1})};
}

}  // namespace sagbench
