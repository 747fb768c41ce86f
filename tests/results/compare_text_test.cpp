#include "results/compare_text.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/results/sample_runs.h"

namespace sagbench {
namespace {

Comparison Sample() {
  return {{{Change::Kind::kSame, "pusht ddpm dense", "FLOPs", "13.3G", "13.3G", ""},
           {Change::Kind::kAdvisory, "pusht ddpm late", "speed-up", "4x", "3x", "on the clock"},
           {Change::Kind::kRegression, "pusht ddpm late", "success", "9/10", "2/10", "lost 7"}}};
}

TEST(CompareText, MarkdownShowsWhatChangedWorstFirst) {
  EXPECT_EQ(ComparisonMarkdown(Sample()),
            "## sagbench: 1 regression\n"
            "\n"
            "1 figures are the same, 0 better, 1 worse or other without a gate.\n"
            "\n"
            "| -          | row             | figure   | base |  now | note         |\n"
            "| ---------- | --------------- | -------- | ---: | ---: | ------------ |\n"
            "| REGRESSION | pusht ddpm late | success  | 9/10 | 2/10 | lost 7       |\n"
            "| advisory   | pusht ddpm late | speed-up |   4x |   3x | on the clock |\n");
  EXPECT_EQ(ComparisonMarkdown({}),
            "## sagbench: No regression\n\n"
            "0 figures are the same, 0 better, 0 worse or other without a gate.\n");
}

TEST(CompareText, MarkdownShowsTheRestWhereAskedFor) {
  const std::string text = ComparisonMarkdown(Sample(), /*all=*/true);
  EXPECT_NE(text.find("| same       | pusht ddpm dense | FLOPs "), std::string::npos) << text;
  EXPECT_LT(text.find("| advisory "), text.find("| same "));
}

TEST(CompareText, JsonHoldsEveryChange) {
  const auto json = nlohmann::json::parse(ComparisonJson(Sample()));
  EXPECT_EQ(json.at("regressed"), true);
  ASSERT_EQ(json.at("changes").size(), 3U);
  EXPECT_EQ(json.at("changes")[0].at("kind"), "same");
  EXPECT_EQ(json.at("changes")[2].at("now"), "2/10");
  EXPECT_EQ(nlohmann::json::parse(ComparisonJson({})).at("regressed"), false);
}

TEST(CompareText, BenchmarkActionGetsFiguresOfWhichLessIsBetter) {
  const auto json = nlohmann::json::parse(BenchmarkActionJson(SampleReport()));
  ASSERT_EQ(json.size(), 9U);
  for (const auto& figure : json) {
    EXPECT_TRUE(figure.at("name").is_string() && figure.at("unit").is_string());
    EXPECT_TRUE(figure.at("value").is_number());
  }
  EXPECT_EQ(json[3].at("name"), "pusht ddpm static-cache:interval=5: FLOPs a chunk");
  EXPECT_NEAR(json[3].at("value").get<double>(), 6.0, 1e-9);
  EXPECT_NEAR(json[4].at("value").get<double>(), 30.0, 1e-9);
  EXPECT_EQ(json[4].at("extra"), "3 of 10 episodes failed");
  EXPECT_EQ(json[5].at("unit"), "ms");
}

}  // namespace
}  // namespace sagbench
