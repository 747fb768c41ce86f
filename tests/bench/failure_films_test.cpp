#include "bench/failure_films.h"

#include <gtest/gtest.h>

#include "bench/suite.h"
#include "core/error.h"
#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

namespace fs = std::filesystem;

class FailureFilmsTest : public testing::Test {
 protected:
  FailureFilmsTest() {
    fs::remove_all(folder_);
    Policy policy = TinyPolicy();
    SavePolicy(folder_ / "policy", policy, WeightPrecision::kFloat32);
  }
  ~FailureFilmsTest() override { fs::remove_all(folder_); }

  void Run() const {
    SuiteRequest request;
    request.rows = {{.tasks = {"pusht"},
                     .samplers = {"ddim:steps=2"},
                     .schedulers = {"dense", "late:rate=0.5"},
                     .episodes = 3}};
    request.settings.policy = (folder_ / "policy").string();
    request.settings.add_baseline = false;
    request.settings.batch = 2;
    request.measure_latency = false;
    request.folder = folder_ / "run";
    RunSuite(request, {});
  }

  const fs::path folder_ = fs::path(testing::TempDir()) / "sagbench_failure_films";
};

// Nothing is solved by a tiny policy; the third episode is a group of its own.
TEST_F(FailureFilmsTest, ShowTheFirstFailuresOfEachRowAsTheyWere) {
  try {
    CheckFilming(folder_ / "run");
  } catch (const Error& error) {
    ASSERT_EQ(error.code(), ExitCode::kEnvironment);
    GTEST_SKIP() << error.what();
  }
  EXPECT_TRUE(fs::is_empty(folder_ / "run" / "videos"));
  Run();
  const auto films = FilmFailures(folder_ / "run", (folder_ / "policy").string(), 3, {});
  ASSERT_EQ(films.size(), 6U);
  EXPECT_EQ(films[0].file.filename(), "1-dense-100000.mp4");
  EXPECT_EQ(films[5].file.filename(), "2-late-100002.mp4");
  for (const FailureFilm& film : films) {
    EXPECT_TRUE(film.made) << film.file;
    EXPECT_GT(fs::file_size(film.file), 1000U);
  }
  fs::remove(films[3].file);
  const auto again = FilmFailures(folder_ / "run", (folder_ / "policy").string(), 3, {});
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].file, films[3].file);
}

}  // namespace
}  // namespace sagbench
