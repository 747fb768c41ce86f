#pragma once

#include <nlohmann/json.hpp>

#include "results/record.h"

namespace sagbench {

// Whether two records are of one episode with the same results; how long it took and which build
// computed it do not count.
inline bool SameButForTime(EpisodeRecord a, EpisodeRecord b) {
  a.wall_s = b.wall_s = 0.0;
  a.commit.reset();
  b.commit.reset();
  return ToJson(a) == ToJson(b);
}

}  // namespace sagbench
