#include <memory>
#include <vector>

#include "tasks/robosuite_task.h"

namespace sagbench::robosuite {
namespace {

constexpr double kTableTop = 0.8;  // m
constexpr double kLifted = 0.04;   // m above it

// Robosuite's Lift. The state ends with the cube's half sizes, drawn at each reset.
class Lift : public ArmTask {
 public:
  explicit Lift(const KnobValues& knobs)
      : ArmTask({.name = "lift",
                 .robomimic_name = "Lift",
                 .object_body = "cube_main",
                 .object_size = 10,
                 .extra_state = 3,
                 .low = {-0.15, -0.15, 0.82},
                 .high = {0.1, 0.15, 1.05}},
                knobs) {}

 protected:
  ObjectStart Draw(CounterRandom& random) override {
    const LiftStart start = DrawLiftStart(random);
    SetExtra(start.half_size);
    return start.cube;
  }

  // Position, quaternion (x, y, z, w), and what the hand lacks to it; legacy: its opposite.
  std::vector<double> ObserveObject() const override {
    const auto [p, q] = Object();
    const Vec3 to_cube = p - GripPosition();
    const Vec3 way = legacy() ? -1.0 * to_cube : to_cube;
    return {p[0], p[1], p[2], q[1], q[2], q[3], q[0], way[0], way[1], way[2]};
  }

  bool Succeeds() const override { return Object().position[2] > kTableTop + kLifted; }

  std::vector<double> Extra() const override { return {half_size_.begin(), half_size_.end()}; }

  void SetExtra(std::span<const double> half_size) override {
    const Vec3 wanted = {half_size[0], half_size[1], half_size[2]};
    if (wanted == half_size_) return;
    mjsGeom* cube = mjs_asGeom(mjs_findElement(scene(), mjOBJ_GEOM, "cube_g0"));
    std::copy(wanted.begin(), wanted.end(), cube->size);
    Recompile();
    half_size_ = wanted;
  }

 private:
  Vec3 half_size_ = {};
};

const bool registered = Tasks().Add(
    {"lift", "lift a cube off the table with a Panda arm (robosuite's Lift)", PandaKnobs(),
     [](const KnobValues& knobs) { return std::make_unique<Lift>(knobs); }});

}  // namespace
}  // namespace sagbench::robosuite
