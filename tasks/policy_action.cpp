#include "tasks/policy_action.h"

#include <algorithm>

#include "core/error.h"
#include "tasks/rotation.h"

namespace sagbench {

int PolicyActionSize(const TaskSpec& spec) {
  return spec.action_encoding == ActionEncoding::kPlain ? spec.action_size : spec.action_size + 3;
}

std::vector<double> ToPolicyAction(const TaskSpec& spec, std::span<const double> task_action) {
  std::vector<double> action(task_action.begin(), task_action.end());
  if (spec.action_encoding == ActionEncoding::kPlain) return action;
  const auto sixd = SixdOf(RotationOf(Vec3{action[3], action[4], action[5]}));
  action.erase(action.begin() + 3, action.begin() + 6);
  action.insert(action.begin() + 3, sixd.begin(), sixd.end());
  return action;
}

std::vector<double> ToTaskAction(const TaskSpec& spec, std::span<const double> policy_action) {
  std::vector<double> action(policy_action.begin(), policy_action.end());
  if (spec.action_encoding == ActionEncoding::kPlain) return action;
  std::array<double, 6> sixd = {};
  std::copy_n(action.begin() + 3, sixd.size(), sixd.begin());
  const Vec3 axis_angle = AxisAngleOf(RotationOfSixd(sixd));
  action.erase(action.begin() + 3, action.begin() + 9);
  action.insert(action.begin() + 3, axis_angle.begin(), axis_angle.end());
  return action;
}

Rows ToPolicyActions(const TaskSpec& spec, const Rows& task_actions) {
  if (task_actions.width != static_cast<size_t>(spec.action_size)) {
    throw FileError("the demonstrations' actions have {} numbers, those of task '{}' have {}",
                    task_actions.width, spec.name, spec.action_size);
  }
  if (spec.action_encoding == ActionEncoding::kPlain) return task_actions;
  Rows rows = {static_cast<size_t>(PolicyActionSize(spec)), {}};
  const std::span<const double> values(task_actions.values);
  for (size_t row = 0; row < task_actions.count(); ++row) {
    const auto action =
        ToPolicyAction(spec, values.subspan(row * task_actions.width, task_actions.width));
    rows.values.insert(rows.values.end(), action.begin(), action.end());
  }
  return rows;
}

}  // namespace sagbench
