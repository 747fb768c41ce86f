#pragma once

#include "core/noise.h"
#include "tasks/osc_pose.h"

namespace sagbench::robosuite {

// Where an object starts; it stands upright.
struct ObjectStart {
  Vec3 position = {};  // m
  double yaw = 0.0;    // rad
};

struct LiftStart {
  Vec3 half_size = {};  // of the cube, m
  ObjectStart cube;
};

// The start distributions of robosuite (utils/placement_samplers.py, environments/manipulation),
// with our own generator.
ArmVector DrawArmStart(CounterRandom& random);  // joints, rad
LiftStart DrawLiftStart(CounterRandom& random);
// Of the can, given that it does not overlap Milk, Bread and Cereal, which robosuite places before
// it and then takes away.
ObjectStart DrawCanStart(CounterRandom& random);

}  // namespace sagbench::robosuite
