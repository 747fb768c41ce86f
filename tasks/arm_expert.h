#pragma once

#include <map>
#include <memory>
#include <string>

#include "tasks/arm_driver.h"
#include "tasks/expert.h"
#include "tasks/grasp.h"

namespace sagbench::robosuite {

// A scripted expert of an arm task with its default knobs (absolute actions): grasps in one of
// several ways, does `Finish`, and begins anew where that failed, until the episode ends.
class ArmExpert : public Expert {
 public:
  explicit ArmExpert(const std::string& task) : task_(Tasks().Choose(task).Make()) {}

  // Throws Error (usage) for near-goal starts.
  ExpertResult Solve(const ExpertRequest& request) override;

 protected:
  // Takes the grasped object where it belongs.
  virtual void Finish(ArmDriver& driver, const GraspStyle& style, CounterRandom& random) = 0;
  // From a state in the middle of an episode: what can go on without a new grasp, if anything.
  virtual void Continue(ArmDriver&, const GraspStyle&, CounterRandom&) {}
  // How the object, as it lies now, is to be grasped.
  virtual GraspPose Pose(const ArmDriver& driver) const = 0;
  // What a reader of the file may want to know of the episode; its states hold it, too.
  virtual std::map<std::string, std::string> Attributes(const Demonstration&) const { return {}; }

 private:
  std::unique_ptr<Task> task_;
};

}  // namespace sagbench::robosuite
