#pragma once

#include <string>
#include <vector>

#include "results/report.h"

namespace sagbench {

// A plan map as a picture (SVG): denoising steps from left to right, blocks from top to bottom by
// kind, the darker the more of the observations compute the cell. data-steps, data-blocks and
// data-mean say what it shows; data-order lists the blocks (from 0) from top to bottom.
std::string PlanMapSvg(const PlanMap& map, const std::string& title);

// The same of one of its replans, without labels: small, to stand beside others.
std::string ReplanSvg(const PlanMap& map, const std::string& plan, const std::string& title);

}  // namespace sagbench
