#include <map>
#include <memory>
#include <string>

#include <fmt/format.h>

#include "tasks/arm_expert.h"

namespace sagbench::robosuite {
namespace {

class LiftExpert : public ArmExpert {
 public:
  LiftExpert() : ArmExpert("lift") {}

 protected:
  GraspPose Pose(const ArmDriver& driver) const override {
    return {GraspYaws(driver.ObjectYaw()), 0.0};
  }

  std::map<std::string, std::string> Attributes(const Demonstration& demonstration) const override {
    const Rows& states = demonstration.states;
    const double* size = states.values.data() + states.width - 3;
    return {{"cube_half_size", fmt::format("[{}, {}, {}]", size[0], size[1], size[2])}};
  }

  void Finish(ArmDriver& driver, const GraspStyle& style, CounterRandom& random) override {
    const Vec3 aside = {random.Uniform(-0.03, 0.03), random.Uniform(-0.03, 0.03),
                        random.Uniform(0.08, 0.14)};
    const Leg up = {driver.Hand() + aside, driver.yaw(), 1, 0.22 * style.pace};
    if (driver.Go(up)) driver.Go({driver.Hand(), driver.yaw(), -1});  // it slipped: again
  }
};

const bool registered = Experts().Add(
    {"lift",
     "scripted grasps: two pairs of sides, three ways to the cube, own pace, corrections",
     {},
     [](const KnobValues&) { return std::make_unique<LiftExpert>(); }});

}  // namespace
}  // namespace sagbench::robosuite
