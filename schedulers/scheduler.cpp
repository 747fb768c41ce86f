#include "schedulers/scheduler.h"

namespace sagbench {

SchedulerRegistry& Schedulers() {
  static SchedulerRegistry registry("scheduler");
  return registry;
}

}  // namespace sagbench
