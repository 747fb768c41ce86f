#pragma once

#include <array>

#include "tasks/pusht_geometry.h"

namespace sagbench::pusht {

// The T and the agent without walls, advanced as Chipmunk 7 advances them (frictionless, inelastic
// circle against two rectangles; 10 warm-started sequential-impulse iterations): fast enough to
// plan with, and independent of MuJoCo. A plain value: copying it branches the simulation.
class PushSolver {
 public:
  // At rest; `cog` is the pose of the T's centre of gravity.
  PushSolver(Vec2 agent, const Pose& cog);

  void set_agent_velocity(Vec2 velocity) { agent_velocity_ = velocity; }
  // Velocity that the block's next sub-step integrates: px/s, px/s, rad/s.
  void set_pending(Vec2 velocity, double spin) { pending_ = velocity, pending_spin_ = spin; }

  // One control step (10 sub-steps) towards `target`, px.
  void Step(Vec2 target);
  void SubStep(Vec2 target);

  Vec2 agent() const { return agent_; }
  Vec2 agent_velocity() const { return agent_velocity_; }
  const Pose& cog() const { return cog_; }

 private:
  // A touching point in the block's axes at the centre of gravity.
  struct Contact {
    Vec2 normal;        // from the agent to the block
    double arm = 0.0;   // point x normal: what a unit impulse turns
    double mass = 0.0;  // effective, along the normal
    double bias = 0.0;  // speed that takes penetration back, px/s
    double bias_impulse = 0.0;
    int shape = 0;
  };

  void Touch(int shape, Vec2 agent, Contact* contact);
  void Solve(std::array<Contact, 2>& contacts, int count);

  Vec2 agent_, agent_velocity_;
  Pose cog_;
  double cos_ = 1.0, sin_ = 0.0;
  Vec2 pending_;
  double pending_spin_ = 0.0;
  std::array<double, 2> impulse_ = {0.0, 0.0};  // of each rectangle, kept for the warm start
  std::array<int, 2> idle_ = {100, 100};        // sub-steps since each rectangle was touched
};

}  // namespace sagbench::pusht
