#pragma once

#include <filesystem>

#include "core/demonstrations.h"
#include "policies/checkpoint.h"
#include "policies/dataset.h"

namespace sagbench {

// Demonstrations of the policy's task, ours or robomimic's, their actions as the policy writes
// them. Throws Error (bad file) if they were recorded on another task or with other settings; see
// also ReadDemonstrations.
DemonstrationFile ReadTaskData(const std::filesystem::path& path, const PolicyConfig& config);

// Sets the policy's normalizers as its task has them fitted (Normalization).
void FitNormalizers(const WindowDataset& data, Policy& policy);

}  // namespace sagbench
