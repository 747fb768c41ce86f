#pragma once

namespace sagbench {

// Where the time of an action chunk, or of several, went: milliseconds of the host's clock, or on a
// GPU, where the host runs ahead, of the device's (CUDA events).
struct PhaseTimes {
  double encode = 0.0;   // observation to memory keys and values
  double plan = 0.0;     // the plan at the start, a learned scheduler's network included
  double denoise = 0.0;  // the network's blocks, and what an online scheduler decides between them
  // Noise, the steps from sample to sample (in `fused` and `graph` part of `denoise`), actions in
  // task units.
  double sampler = 0.0;

  PhaseTimes& operator+=(const PhaseTimes& other) {
    encode += other.encode;
    plan += other.plan;
    denoise += other.denoise;
    sampler += other.sampler;
    return *this;
  }
  PhaseTimes& operator/=(double divisor) {
    encode /= divisor;
    plan /= divisor;
    denoise /= divisor;
    sampler /= divisor;
    return *this;
  }
  double total() const { return encode + plan + denoise + sampler; }
};

// Calls visit(key, member) for each member.
template <class Phases, class Visit>
void VisitPhases(Phases& phases, Visit visit) {
  visit("encode", phases.encode);
  visit("plan", phases.plan);
  visit("denoise", phases.denoise);
  visit("sampler", phases.sampler);
}

}  // namespace sagbench
