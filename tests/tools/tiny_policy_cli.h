#pragma once

#include <string>

#include <gtest/gtest.h>

#include "tests/schedulers/tiny_policy_folder.h"
#include "tests/tools/invoke.h"

namespace sagbench {

// The program as its users call it, in a folder of the test's own that holds a tiny policy.
class TinyPolicyCli : public TinyPolicyFolder {
 protected:
  Outcome Call(const std::string& arguments) const { return Invoke(arguments, folder_); }

  // Fails with this code and one sentence that holds `words`, and prints nothing.
  void ExpectRefused(const std::string& arguments, int code, const std::string& words) const {
    const Outcome outcome = Call(arguments);
    EXPECT_EQ(outcome.code, code) << arguments << "\n" << outcome.err;
    EXPECT_TRUE(IsOneSentence(outcome.err)) << outcome.err;
    EXPECT_TRUE(Has(outcome.err, words)) << outcome.err << "lacks " << words;
    EXPECT_EQ(outcome.out, "");
  }
};

}  // namespace sagbench
