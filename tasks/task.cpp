#include "tasks/task.h"

namespace sagbench {

TaskRegistry& Tasks() {
  static TaskRegistry registry("task");
  return registry;
}

}  // namespace sagbench
