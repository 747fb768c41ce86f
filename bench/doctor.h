#pragma once

#include <string>
#include <vector>

namespace sagbench {

enum class CheckState { kOk, kNote, kProblem, kMissing };
const char* CheckStateName(CheckState state);  // "ok", "note", "problem", "missing"

// One look at the machine or at the files that come with sagbench.
struct Check {
  std::string name;  // "cpu", "policy pusht"
  CheckState state = CheckState::kOk;
  std::string value = {};   // what was found
  std::string advice = {};  // a sentence on what to do, unless all is well
};

// Looks at program, processor, memory, GPU, tasks, shipped policies and what was trained or
// calibrated for them. kMissing: something cannot work without it.
std::vector<Check> Diagnose();

// Whether what was made for a policy, at `path`, is for one of these: "" or what is wrong with it.
// A JSON file with "policy_sha256".
std::string MismatchOf(const std::string& path, const std::vector<std::string>& policies);

}  // namespace sagbench
