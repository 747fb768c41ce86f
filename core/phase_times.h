#pragma once

namespace sagbench {

// Where the time of an action chunk, or of several, went: host clock, milliseconds.
struct PhaseTimes {
  double encode = 0.0;   // observation to memory keys and values
  double plan = 0.0;     // scheduler, a learned one's network included
  double denoise = 0.0;  // the network's blocks
  double sampler = 0.0;  // noise, the steps from sample to sample, actions in the task's units

  PhaseTimes& operator+=(const PhaseTimes& other) {
    encode += other.encode;
    plan += other.plan;
    denoise += other.denoise;
    sampler += other.sampler;
    return *this;
  }
  PhaseTimes& operator/=(double divisor) {
    for (double* phase : {&encode, &plan, &denoise, &sampler}) *phase /= divisor;
    return *this;
  }
};

}  // namespace sagbench
