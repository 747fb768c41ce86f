#include "tasks/policy_action.h"

#include <algorithm>

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

}  // namespace sagbench
