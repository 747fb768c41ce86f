#pragma once

#include <array>
#include <vector>

struct mjModel_;
struct mjData_;

namespace sagbench {

// A box that is no part of the model, e.g. a goal.
struct SceneMark {
  std::array<double, 3> centre = {};
  std::array<double, 3> half_size = {};
  double turn = 0.0;                 // about z, rad
  std::array<float, 4> colour = {};  // red, green, blue, alpha: 0 to 1
};

// What a picture of a task shows, in the task's units of length, and from where.
struct TaskScene {
  const mjModel_* model = nullptr;  // the task's own, until its next Reset, Step or SetState
  const mjData_* data = nullptr;
  std::array<double, 3> looks_at = {};
  double distance = 1.0;   // of the camera from there
  double azimuth = 0.0;    // degrees, MuJoCo's
  double elevation = 0.0;  // degrees
  double height = 0.0;     // of what is seen, for a view without perspective; 0: with perspective
  int pixels_wide = 480, pixels_high = 480;
  std::vector<SceneMark> marks;
};

}  // namespace sagbench
