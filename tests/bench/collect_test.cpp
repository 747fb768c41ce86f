#include "bench/collect.h"

#include <atomic>

#include <gtest/gtest.h>
#include <unistd.h>

#include "core/error.h"
#include "core/files.h"

namespace sagbench {
namespace {

// One step that tells its seed; every fifth seed fails.
ExpertResult Act(const ExpertRequest& request) {
  ExpertResult result;
  result.success = request.seed % 5 != 0;
  result.first_choice = (request.seed + request.choice_seed) % 3 == 0 ? "left" : "right";
  result.seconds = 0.5;
  const auto value = static_cast<double>(request.seed);
  result.demonstration.observations["x"] = {1, {value}};
  result.demonstration.actions = {1, {value + 0.5}};
  return result;
}

class CollectTest : public testing::Test {
 protected:
  CollectTest() { Clean(); }
  ~CollectTest() override { Clean(); }

  CollectRequest Request(int64_t episodes) const {
    CollectRequest request;
    request.episodes = SeededStarts(StartKind::kReset, 1, episodes, 0);
    request.attributes = {{"task", "toy"}};
    request.observation_keys = {"x"};
    request.out = out_;
    return request;
  }

  std::string BytesOf(CollectRequest request) const {
    std::filesystem::remove(out_);
    Collect(request, [] { return Act; }, {});
    return ReadFile(out_);
  }

  void Clean() const {
    for (const auto& path : {out_, other_}) {
      std::filesystem::remove(path);
      std::filesystem::remove_all(path.string() + ".parts");
    }
  }

  const std::filesystem::path out_ =
      std::filesystem::path(testing::TempDir()) /
      ("sagbench_collect_test_" + std::to_string(getpid()) + ".hdf5");
  const std::filesystem::path other_ =
      std::filesystem::path(testing::TempDir()) /
      ("sagbench_collect_test_other_" + std::to_string(getpid()) + ".hdf5");
};

TEST_F(CollectTest, KeepsSuccessesInOrder) {
  int64_t last = -1;
  const CollectSummary summary = Collect(
      Request(20), [] { return Act; }, [&](const Progress& p) { last = p.done; });
  EXPECT_EQ(summary.episodes, 20);
  EXPECT_EQ(summary.successes, 16);
  EXPECT_EQ(summary.steps, 16);
  EXPECT_EQ(summary.seconds, 10.0);
  EXPECT_EQ(summary.modes, (std::map<std::string, int64_t>{{"left", 6}, {"right", 14}}));
  EXPECT_EQ(last, 20);
  const DemonstrationFile file = ReadDemonstrations(out_, {"x"});
  ASSERT_EQ(file.demonstrations.size(), 16U);
  EXPECT_EQ(file.demonstrations[4].actions.values[0], 6.5);
  EXPECT_EQ(file.demonstrations[4].attributes.at("seed"), "6");
  EXPECT_EQ(file.demonstrations[4].attributes.at("start"), "reset");
  EXPECT_EQ(file.info.attributes.at("successes"), "16");
  EXPECT_EQ(file.info.attributes.at("episodes"), "20");
}

TEST_F(CollectTest, KeepsFailuresOrAll) {
  CollectRequest request = Request(20);
  request.keep = Keep::kFailures;
  EXPECT_EQ(Collect(request, [] { return Act; }, {}).successes, 16);
  const DemonstrationFile file = ReadDemonstrations(out_, {"x"});
  ASSERT_EQ(file.demonstrations.size(), 4U);
  EXPECT_EQ(file.demonstrations[1].attributes.at("seed"), "10");
  EXPECT_EQ(file.info.attributes.at("keep"), "failures");
  request.keep = Keep::kAll;
  request.out = other_;
  EXPECT_EQ(Collect(request, [] { return Act; }, {}).demonstrations, 20);
}

// A failure without a step, as of an expert that finds no plan, cannot be a demonstration.
TEST_F(CollectTest, AFailureWithoutStepsIsLeftOut) {
  CollectRequest request = Request(10);
  request.keep = Keep::kAll;
  const auto act = [](const ExpertRequest& episode) {
    ExpertResult result = Act(episode);
    if (!result.success) result.demonstration = {};
    return result;
  };
  EXPECT_EQ(Collect(request, [&] { return act; }, {}).demonstrations, 8);
}

TEST_F(CollectTest, ThreadsDoNotMatter) {
  CollectRequest request = Request(40);
  const std::string one = BytesOf(request);
  request.threads = 4;
  EXPECT_EQ(BytesOf(request), one);
}

TEST_F(CollectTest, ResumesWhereItEnded) {
  CollectRequest request = Request(30);
  const std::string whole = BytesOf(request);
  std::filesystem::remove(out_);
  std::atomic<int> calls = 0;
  const ActorFactory breaks = [&] {
    return [&](const ExpertRequest& episode) {
      if (++calls > 12) throw Error(ExitCode::kInterrupted, "interrupted");
      return Act(episode);
    };
  };
  EXPECT_THROW(Collect(request, breaks, {}), Error);
  EXPECT_FALSE(std::filesystem::exists(out_));
  EXPECT_THROW(Collect(request, [] { return Act; }, {}), Error);  // without --resume
  request.resume = true;
  const CollectSummary summary = Collect(request, [] { return Act; }, {});
  EXPECT_EQ(summary.resumed, 12);
  EXPECT_EQ(summary.modes.at("left"), 10);  // of both sessions
  EXPECT_EQ(ReadFile(out_), whole);
  EXPECT_FALSE(std::filesystem::exists(out_.string() + ".parts"));
}

TEST_F(CollectTest, IncludedFilesComeFirst) {
  CollectRequest request = Request(3);
  request.out = other_;
  Collect(request, [] { return Act; }, {});
  request = Request(4);
  request.include = {other_};
  EXPECT_EQ(Collect(request, [] { return Act; }, {}).demonstrations, 7);
  EXPECT_EQ(ReadDemonstrations(out_, {"x"}).demonstrations[3].attributes.at("seed"), "1");
}

TEST_F(CollectTest, RefusesEvaluationSeedsAndAFileThatIsThere) {
  CollectRequest request = Request(2);
  request.episodes[1].seed = kFirstEvaluationSeed;
  EXPECT_THROW(Collect(request, [] { return Act; }, {}), Error);
  Collect(Request(2), [] { return Act; }, {});
  EXPECT_THROW(Collect(Request(2), [] { return Act; }, {}), Error);
}

TEST_F(CollectTest, ModeCheckCounts) {
  // Seeds 1..9 with choice 0 and 1: left where the sum is a multiple of 3.
  const auto starts = SeededStarts(StartKind::kNearGoal, 1, 9, 0);
  const ModeCheck check = CheckModes(starts, [] { return Act; }, 2, {});
  EXPECT_EQ(check.starts, 9);
  EXPECT_EQ(check.different, 6);
  EXPECT_EQ(check.modes.at("left"), 6);
}

}  // namespace
}  // namespace sagbench
