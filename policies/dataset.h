#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "core/demonstrations.h"
#include "policies/policy_config.h"

namespace sagbench {

// Windows of demonstrations as diffusion_policy's SequenceSampler cuts them: `horizon` rows, padded
// by repeating the first and last row: To - 1 rows before, `pad_after` after (the original: Ta - 1;
// horizon - To lets the last observations of an episode be learned from, too).
class WindowDataset {
 public:
  // Concatenates the observation keys of the chosen demonstrations. Throws Error (bad file) if
  // sizes differ from the configuration's or no demonstration is chosen.
  WindowDataset(const PolicyConfig& config, const DemonstrationFile& file,
                const std::vector<size_t>& chosen, int pad_after);

  int64_t size() const { return static_cast<int64_t>(windows_.size()); }
  const at::Tensor& observations() const { return observations_; }  // [rows, obs] float32, raw
  const at::Tensor& actions() const { return actions_; }            // [rows, act] float32, raw

  struct Batch {
    at::Tensor observations;  // [B, To, obs]
    at::Tensor actions;       // [B, T, act]
  };
  Batch Gather(const std::vector<int64_t>& indices) const;

 private:
  struct Window {
    int64_t first, last;  // rows of the demonstration, inclusive
    int64_t start;        // row of the window's first entry, may lie before `first`
  };

  int horizon_, observation_steps_;
  at::Tensor observations_, actions_;
  std::vector<Window> windows_;
};

}  // namespace sagbench
