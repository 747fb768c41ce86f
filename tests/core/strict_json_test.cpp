#include "core/strict_json.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/error.h"

namespace sagbench {
namespace {

TEST(StrictJson, ReadsWhatIsValid) {
  const auto value = ParseStrictJson(R"({"a":{"k":1},"b":[{"k":2},{"k":3}],"k":4})", "f");
  EXPECT_EQ(value["b"][1]["k"], 3);
}

TEST(StrictJson, RefusesKeysThatAreThereTwice) {
  for (const char* text : {R"({"a":1,"a":1})", R"([{"b":{"a":1,"c":{},"a":2}}])",
                           R"({"a":{"x":1},"a":{"x":1}})", R"({"a":1,"\u0061":1})"}) {
    try {
      ParseStrictJson(text, "file 'f'");
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_STREQ(error.what(), "file 'f': the key 'a' is there twice");
    }
  }
}

TEST(StrictJson, RefusesWhatIsNoJson) {
  for (const char* text : {"", "{", "{}{}", "nan", "{\"a\":1,}", "\"\xff\"", "1e999"}) {
    EXPECT_THROW(ParseStrictJson(text, "f"), Error) << text;
  }
}

}  // namespace
}  // namespace sagbench
