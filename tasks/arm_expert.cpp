#include "tasks/arm_expert.h"

#include <chrono>

#include "core/error.h"

namespace sagbench::robosuite {
namespace {

std::vector<double> Start(Task& task, const ExpertRequest& request) {
  if (request.start == StartKind::kNearGoal) {
    throw UsageError("the expert of '{}' starts from resets and visited states, not near the goal",
                     task.spec().name);
  }
  return request.start == StartKind::kState ? task.SetState(request.state)
                                            : task.Reset(request.seed);
}

}  // namespace

ExpertResult ArmExpert::Solve(const ExpertRequest& request) {
  const auto begin = std::chrono::steady_clock::now();
  CounterRandom random({request.seed, request.choice_seed, 0, 0, NoisePurpose::kExpert});
  ArmDriver driver(*task_, Start(*task_, request), random);
  ExpertResult result;
  if (request.start == StartKind::kState && !driver.over()) {
    Continue(driver, DrawGraspStyle(random), random);
  }
  while (!driver.over()) {
    const GraspStyle style = DrawGraspStyle(random);
    if (result.first_choice.empty()) result.first_choice = style.Name();
    if (Grasp(driver, style, Pose(driver))) Finish(driver, style, random);
  }
  result.success = driver.recorder().success();
  result.demonstration = driver.recorder().Take();
  result.demonstration.attributes = Attributes(result.demonstration);
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return result;
}

}  // namespace sagbench::robosuite
