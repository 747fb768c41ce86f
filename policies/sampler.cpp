#include "policies/sampler.h"

namespace sagbench {

SamplerRegistry& Samplers() {
  static SamplerRegistry registry("sampler");
  return registry;
}

Knob SpacingKnob() {
  return ChoiceKnob("spacing", "leading", {"leading", "trailing"},
                    "steps that end at timestep 0, or that begin at the last one");
}

}  // namespace sagbench
