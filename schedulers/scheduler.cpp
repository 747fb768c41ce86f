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

Hold HoldFrom(const KnobValues& knobs) {
  return HoldFromName(knobs.Choice("hold"));
}

}  // namespace sagbench
