#include "tasks/expert.h"

namespace sagbench {

ExpertRegistry& Experts() {
  static ExpertRegistry registry("expert");
  return registry;
}

}  // namespace sagbench
