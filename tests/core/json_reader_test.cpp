#include "core/json_reader.h"

#include <gtest/gtest.h>

namespace sagbench {
namespace {

using nlohmann::json;

std::string SentenceOf(const std::function<void()>& read) {
  try {
    read();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kBadFile);
    return error.what();
  }
  return "nothing was refused";
}

TEST(JsonReader, ReadsEachType) {
  const json object = {{"text", "a"}, {"count", 3}, {"map", {{"k", "v"}}}, {"list", {1}}};
  const JsonReader reader(object, "f", "a thing");
  std::string text;
  int count = 0;
  std::map<std::string, std::string> map;
  std::optional<double> absent;
  reader.Read("text", &text);
  reader.Read("count", &count);
  reader.Read("map", &map);
  reader.Read("absent", &absent);
  EXPECT_EQ(text, "a");
  EXPECT_EQ(count, 3);
  EXPECT_EQ(map.at("k"), "v");
  EXPECT_FALSE(absent);
  EXPECT_EQ(reader.List("list").size(), 1U);
  EXPECT_TRUE(reader.Has("map") && !reader.Has("absent"));
}

TEST(JsonReader, NamesWhatIsWrong) {
  const json object = {{"text", 1}, {"map", {{"k", 2}}}};
  const JsonReader reader(object, "f", "a thing");
  std::string text;
  std::map<std::string, std::string> map;
  EXPECT_EQ(SentenceOf([&] { reader.Read("text", &text); }), "f: 'text' is 1, not a string");
  EXPECT_EQ(SentenceOf([&] { reader.Read("none", &text); }), "f: the key 'none' is missing");
  EXPECT_EQ(SentenceOf([&] { reader.Read("map", &map); }), "f: 'k' is 2, not a string");
  EXPECT_EQ(SentenceOf([&] { reader.List("map"); }), "f: 'map' is {\"k\":2}, not a list");
  int count = 0;
  for (const json& value : {json(5.9), json(true), json(4294967301)}) {
    const json number = {{"count", value}};
    EXPECT_NE(SentenceOf([&] { JsonReader(number, "f", "a thing").Read("count", &count); }),
              "nothing was refused")
        << value;
  }
  const json list = json::array();
  EXPECT_EQ(SentenceOf([&] { JsonReader(list, "f", "a thing"); }),
            "f: a thing must be a JSON object");
}

}  // namespace
}  // namespace sagbench
