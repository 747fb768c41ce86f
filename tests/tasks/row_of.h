#pragma once

#include <vector>

#include "core/demonstrations.h"

namespace sagbench {

// One control step of a recorded matrix.
inline std::vector<double> RowOf(const Rows& rows, size_t row) {
  return {rows.values.begin() + row * rows.width, rows.values.begin() + (row + 1) * rows.width};
}

}  // namespace sagbench
