#include "bench/failure_films.h"

#include <gtest/gtest.h>

#include "bench/suite.h"
#include "core/error.h"
#include "tests/schedulers/tiny_policy_folder.h"

namespace sagbench {
namespace {

namespace fs = std::filesystem;

class FailureFilmsTest : public TinyPolicyFolder {
 protected:
  void Run() const {
    SuiteRequest request;
    request.rows = {{.tasks = {"pusht"},
                     .samplers = {"ddim:steps=2"},
                     .schedulers = {"late:rate=0.5"},
                     .episodes = 3}};
    request.settings.policy = In("policy");
    request.settings.add_baseline = false;
    request.settings.batch = 2;
    request.measure_latency = false;
    request.folder = folder_ / "run";
    RunSuite(request, {});
  }
};

// Nothing is solved by a tiny policy; the third episode is a group of its own. Films that are there
// are left alone.
TEST_F(FailureFilmsTest, ShowTheFirstFailuresAsTheyWere) {
  try {
    CheckFilming(folder_ / "run");
  } catch (const Error& error) {
    ASSERT_EQ(error.code(), ExitCode::kEnvironment);
    GTEST_SKIP() << error.what();
  }
  EXPECT_TRUE(fs::is_empty(folder_ / "run" / "videos"));
  Run();
  const std::string policy = In("policy");
  const auto first = FilmFailures(folder_ / "run", policy, 1, {});
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].file.filename(), "1-late-100000.mp4");
  const auto others = FilmFailures(folder_ / "run", policy, 3, {});
  ASSERT_EQ(others.size(), 2U);
  EXPECT_EQ(others[1].file.filename(), "1-late-100002.mp4");
  for (const FailureFilm& film : {first[0], others[0], others[1]}) {
    EXPECT_TRUE(film.made) << film.file;
    EXPECT_GT(fs::file_size(film.file), 1000U);
  }
}

}  // namespace
}  // namespace sagbench
