#pragma once

#include <span>
#include <vector>

#include "core/demonstrations.h"
#include "tasks/task.h"

namespace sagbench {

// Numbers of an action as a policy writes it: spec.action_size, or 10 for rotations in 6 numbers.
int PolicyActionSize(const TaskSpec& spec);

// An action of the task in the policy's encoding, and back: position, axis-angle, gripper against
// position, the first two rows of the rotation, gripper (diffusion_policy's RotationTransformer).
std::vector<double> ToPolicyAction(const TaskSpec& spec, std::span<const double> task_action);
std::vector<double> ToTaskAction(const TaskSpec& spec, std::span<const double> policy_action);

// Every row of a recorded episode. Throws Error (bad file) if they are not of the task's size.
Rows ToPolicyActions(const TaskSpec& spec, const Rows& task_actions);

}  // namespace sagbench
