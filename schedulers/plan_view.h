#pragma once

#include <span>
#include <string>
#include <vector>

#include "policies/denoiser.h"
#include "schedulers/plan.h"

namespace sagbench {

// A plan as a map: a line a denoising step, the blocks' kinds apart, layers from left to right;
// '#' computed, '.' reused.
std::string PlanText(const Plan& plan, std::span<const int> timesteps,
                     std::span<const BlockInfo> blocks);

// The same as a picture (SVG): steps from left to right, blocks from top to bottom by kind,
// computed cells in their kind's colour. `title` goes in as it is.
std::string PlanSvg(const Plan& plan, std::span<const int> timesteps,
                    std::span<const BlockInfo> blocks, const std::string& title);

// Share of cells in which two plans of one grid differ: computed in one and reused in the other, or
// reused from another slot.
double ShareOfDifferentCells(const Plan& a, const Plan& b);

}  // namespace sagbench
