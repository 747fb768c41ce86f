#pragma once

#include <vector>

#include <ATen/core/Tensor.h>

#include "bench/suite_rows.h"
#include "results/run_folder.h"

namespace sagbench {

// Measures a row's chunks on recorded observations [To, obs], task units, and keeps what it finds
// in the row and, if there is one, in the run folder. What a row has already is left alone.
class ActionMeasures {
 public:
  // All outlive this; `writer` may be null.
  ActionMeasures(const RowSettings& settings, RunFolderWriter* writer)
      : settings_(settings), writer_(writer) {}

  // Distance to dense of the same sampler and noise, and which cells are computed. Dense computes
  // every cell: there is nothing to look at.
  void CompareWithDense(size_t index, SuiteRow* row, const std::vector<at::Tensor>& observations);
  void Spread(size_t index, SuiteRow* row, const std::vector<at::Tensor>& observations);

 private:
  void MapPlansOf(size_t index, SuiteRow* row, const Chunk& chunk);

  const RowSettings& settings_;
  RunFolderWriter* writer_;
};

}  // namespace sagbench
