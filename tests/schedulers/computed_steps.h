#pragma once

#include <vector>

#include <gtest/gtest.h>

#include "schedulers/plan.h"

namespace sagbench {

// Steps that are computed, which must be computed whole.
inline std::vector<int> ComputedSteps(const Plan& plan) {
  std::vector<int> steps;
  for (int step = 0; step < plan.steps(); ++step) {
    for (int block = 1; block < plan.blocks(); ++block) {
      EXPECT_EQ(plan.at(step, block).compute, plan.at(step, 0).compute);
    }
    if (plan.at(step, 0).compute) steps.push_back(step);
  }
  return steps;
}

}  // namespace sagbench
