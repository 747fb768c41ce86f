#pragma once

#include <memory>
#include <string_view>

#include "tasks/model.h"

namespace sagbench::robosuite {

struct DeleteSpec {
  void operator()(mjSpec* spec) const { mj_deleteSpec(spec); }
};
using SpecPtr = std::unique_ptr<mjSpec, DeleteSpec>;

// Tasks/SCENE, which attaches the model "panda" where the arm stands, with robosuite's Panda,
// gripper and mount, joint damping, armature and friction as robosuite sets them. What is only seen
// (geoms that touch nothing, materials) and sensors are left out. Throws Error (environment):
// missing assets, or MuJoCo's sentence.
SpecPtr ReadScene(std::string_view scene);

// Throws Error (environment) with MuJoCo's sentence.
ModelPtr CompileScene(mjSpec* spec);

// The id of what is called `name`. Throws Error (environment) where the model has no such thing.
int IdOf(const mjModel& model, mjtObj type, const char* name);

}  // namespace sagbench::robosuite
