#pragma once

#include <cmath>

#include "core/demonstrations.h"
#include "policies/policy_config.h"

namespace sagbench {

// A network that trains in milliseconds, for a task that observes "x" (3) and acts in 2 numbers.
inline PolicyConfig SmallConfig() {
  PolicyConfig config;
  config.task = "tiny";
  config.observation_keys = {"x"};
  config.observation_size = 3;
  config.layers = 1;
  config.heads = 2;
  config.width = 16;
  config.horizon = 8;
  config.action_steps = 4;
  return config;
}

// `count` episodes of `length` rows; the last is for validation where there are several.
inline DemonstrationFile TinyDemonstrations(size_t count, size_t length) {
  DemonstrationFile file;
  for (size_t i = 0; i < count; ++i) {
    Demonstration demonstration;
    Rows& x = demonstration.observations["x"];
    x.width = 3;
    demonstration.actions.width = 2;
    for (size_t t = 0; t < length; ++t) {
      const double phase = 0.3 * static_cast<double>(t) + static_cast<double>(i);
      x.values.insert(x.values.end(), {phase, std::sin(phase), static_cast<double>(t)});
      demonstration.actions.values.insert(demonstration.actions.values.end(),
                                          {std::cos(phase), static_cast<double>(100 * i + t)});
    }
    file.demonstrations.push_back(std::move(demonstration));
    (i + 1 == count && count > 1 ? file.valid : file.train).push_back(i);
  }
  return file;
}

}  // namespace sagbench
