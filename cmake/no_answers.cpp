#include "tools/launch.h"

namespace sagbench {

// For a program that could not be asked while it was built.
const Answer kAnswers[] = {{nullptr, nullptr}};

}  // namespace sagbench
