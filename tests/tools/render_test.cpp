// sagbench render as its users call it.
#include <filesystem>

#include <gtest/gtest.h>

#include "tests/tools/invoke.h"

namespace sagbench {
namespace {

class RenderCommand : public testing::Test {
 protected:
  RenderCommand() { std::filesystem::create_directories(folder_); }
  ~RenderCommand() override { std::filesystem::remove_all(folder_); }

  void ExpectRefused(const std::string& arguments, int code, const std::string& part) const {
    const Outcome outcome = Invoke("render " + arguments, folder_);
    EXPECT_EQ(outcome.code, code) << arguments << outcome.err;
    EXPECT_TRUE(Has(outcome.err, part)) << outcome.err;
    EXPECT_TRUE(IsOneSentence(outcome.err)) << outcome.err;
  }

  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) /
      (std::string("sagbench_render_") +
       testing::UnitTest::GetInstance()->current_test_info()->name());
};

TEST_F(RenderCommand, RefusesWrongUseBeforeAnythingRuns) {
  ExpectRefused("--seed 1", 2, "--out");
  ExpectRefused("--scheduler quick --out a.mp4", 2, "unknown scheduler 'quick'");
  ExpectRefused("--executor quick --out a.mp4", 2, "unknown executor 'quick'");
  ExpectRefused("--batch 0 --out a.mp4", 2, "--batch");
  ExpectRefused("--seed 5 --run-seed 9 --out a.mp4", 2, "--run-seed 9");
  ExpectRefused("--out " + (folder_ / "film").string(), 2, "no ending");
  ExpectRefused("--policy /no/such --out a.mp4", 3, "/no/such");
}

TEST_F(RenderCommand, MakesAFilm) {
  const std::string out = (folder_ / "film.gif").string();
  const Outcome outcome =
      Invoke("render --seed 100003 --sampler ddim:steps=2 --quiet --out " + out, folder_);
  if (outcome.code == 5) GTEST_SKIP() << outcome.err;
  ASSERT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_TRUE(Has(outcome.out, "control steps")) << outcome.out;
  EXPECT_TRUE(ReadAll(out).starts_with("GIF8"));
}

}  // namespace
}  // namespace sagbench
