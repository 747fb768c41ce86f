#include "policies/sampler.h"

namespace sagbench {

SamplerRegistry& Samplers() {
  static SamplerRegistry registry("sampler");
  return registry;
}

}  // namespace sagbench
