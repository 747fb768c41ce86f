#pragma once

namespace sagbench {

// What is printed for these arguments, each with a newline after it.
struct Answer {
  const char* arguments;
  const char* text;
};

// All that are known; the last has neither. The build writes their source (tools/answers.h).
extern const Answer kAnswers[];

}  // namespace sagbench
