#pragma once

#include <string>

namespace sagbench {

// A word of a command line, between single quotes if a shell would take it for something else.
std::string ShellWord(const std::string& word);

}  // namespace sagbench
