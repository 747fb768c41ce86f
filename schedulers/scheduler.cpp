#include "schedulers/scheduler.h"

namespace sagbench {

SchedulerRegistry& Schedulers() {
  static SchedulerRegistry registry("scheduler");
  return registry;
}

Knob HoldKnob(Hold by_default) {
  return ChoiceKnob("hold", HoldName(by_default), {"residuals", "clean"},
                    "what a step predicts that computes nothing: what reused residuals make of it, "
                    "or the noise about the last clean estimate");
}

Knob IdleNoiseKnob(double by_default) {
  return NumberKnob("noise", by_default, 0.0, kMostIdleNoise,
                    "share of the sampler's noise that steps add which compute nothing");
}

IdleSteps IdleFrom(const KnobValues& knobs) {
  return {.hold = HoldFromName(knobs.Choice("hold")), .noise = knobs.Number("noise")};
}

}  // namespace sagbench
