#pragma once

#include <memory>
#include <span>
#include <string_view>

#include <mujoco/mujoco.h>

#include "tasks/task.h"

namespace sagbench {

struct DeleteModel {
  void operator()(mjModel* model) const { mj_deleteModel(model); }
};
struct DeleteData {
  void operator()(mjData* data) const { mj_deleteData(data); }
};
using ModelPtr = std::unique_ptr<mjModel, DeleteModel>;
using DataPtr = std::unique_ptr<mjData, DeleteData>;

// Text of tasks/NAME, compiled into the program. Throws Error (environment) if there is none.
std::string_view EmbeddedModel(std::string_view name);

// Keeps MuJoCo's warnings from stderr and MUJOCO_LOG.TXT (they are counted all the same), once for
// the program.
void SilenceWarnings();

// Compiles tasks/NAME, warnings silenced. Throws Error (environment) with MuJoCo's sentence.
ModelPtr LoadModel(std::string_view name);

// Throws Error (usage) unless they are so many finite numbers; `what` is for the sentence:
// "action".
void CheckNumbers(const TaskSpec& task, const char* what, std::span<const double> values, int size);

// The number of MuJoCo warnings (diverged, full buffers, ...) since the data were reset.
int WarningCount(const mjData& data);

}  // namespace sagbench
