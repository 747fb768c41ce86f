#include "bench/train_sag.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "bench/task_choice.h"
#include "core/error.h"
#include "core/files.h"
#include "core/json_lines.h"
#include "policies/aten.h"
#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

namespace fs = std::filesystem;

class TrainSagTest : public testing::Test {
 protected:
  TrainSagTest() { fs::remove_all(folder_); }
  ~TrainSagTest() override { fs::remove_all(folder_); }

  TrainSagRequest Request(const std::string& name) const {
    TrainSagRequest request;
    request.rollouts.policy = &policy_;
    request.rollouts.task = ChooseTaskFor(policy_.config, "pusht");
    request.rollouts.sampler = Samplers().Choose("ddim:steps=4");
    request.rollouts.episodes = 2;
    request.rollouts.observations = 10;
    request.settings.iterations = 6;
    request.width = 16;
    request.batch = 2;
    request.validate_every = 2;
    request.folder = folder_ / name;
    request.out = folder_ / (name + ".json");
    return request;
  }

  const Policy policy_ = TinyPolicy();
  const fs::path folder_ = fs::path(testing::TempDir()) /
                           (std::string("sagbench_train_sag_") +
                            testing::UnitTest::GetInstance()->current_test_info()->name());
};

TEST_F(TrainSagTest, WritesAPrunerThatRuns) {
  const nlohmann::json reached = TrainSag(Request("a"), {});
  // No point of the curve is both nearer to the target (beyond half a percent) and to dense.
  const auto off = [](const nlohmann::json& point) {
    return std::max(std::abs(point.at("valid_sparsity").get<double>() - 0.9) - 0.005, 0.0);
  };
  const auto points = ReadJsonLines(folder_ / "a" / "curve.jsonl").records;
  ASSERT_EQ(points.size(), 4U);  // the beginning is one
  EXPECT_EQ(points[0].at("iteration"), 0);
  for (const nlohmann::json& point : points) {
    EXPECT_GE(off(point), off(reached));
    if (off(point) == off(reached)) {
      EXPECT_GE(point.at("valid_fidelity").get<double>(),
                reached.at("valid_fidelity").get<double>());
    }
  }
  EXPECT_GE(reached.at("valid_sparsity").get<double>(), 0.0);
  const std::string text = "sag:weights=" + (folder_ / "a.json").string();
  const Chunk chunk = ActOnce(policy_, "ddim:steps=4", text, {0, 1});
  EXPECT_LT(chunk.rows[0].computed_cells, chunk.rows[0].total_cells);
}

// However far learning takes the share of reused cells from its target.
TEST_F(TrainSagTest, JudgesEveryPointAtItsRate) {
  TrainSagRequest request = Request("drifts");
  request.rollouts.sampler = Samplers().Choose("ddim:steps=8");
  request.settings.rate = 0.5;
  request.settings.table_rate = 0.5;
  request.settings.sparsity_weight = 0.0;
  TrainSag(request, {});
  double drifted = 0.0;
  for (const nlohmann::json& point : ReadJsonLines(folder_ / "drifts" / "curve.jsonl").records) {
    EXPECT_NEAR(point.at("valid_sparsity").get<double>(), 0.5, 0.07);
    drifted = std::max(drifted, std::abs(point.at("sparsity").get<double>() - 0.5));
  }
  EXPECT_GT(drifted, 0.1);
}

TEST_F(TrainSagTest, DoesNotResumeAnotherTraining) {
  TrainSag(Request("one"), {});
  TrainSagRequest request = Request("one");
  request.resume = true;
  EXPECT_NO_THROW(TrainSag(request, {}));
  request.hold = Hold::kResiduals;
  EXPECT_THROW(TrainSag(request, {}), Error);
}

TEST_F(TrainSagTest, RefusesWhatCannotBeTrained) {
  TrainSagRequest request = Request("one step");
  request.rollouts.sampler = Samplers().Choose("single");
  EXPECT_THROW(TrainSag(request, {}), Error);
  request = Request("one observation");
  request.rollouts.observations = 1;
  EXPECT_THROW(TrainSag(request, {}), Error);
}

TEST_F(TrainSagTest, ATableIsOneMaskForAll) {
  TrainSagRequest request = Request("t");
  request.observed = false;
  TrainSag(request, {});
  const std::string weights = ",weights=" + (folder_ / "t.json").string();
  EXPECT_EQ(PlansOf(policy_, "ddim:steps=4", "sag:mask=table" + weights, {0, 1}).size(), 1U);
  EXPECT_THROW(PlansOf(policy_, "ddim:steps=4", "sag:mask=own" + weights), Error);
}

TEST_F(TrainSagTest, StartsFromAnotherPruner) {
  TrainSag(Request("first"), {});
  TrainSagRequest request = Request("second");
  request.from = folder_ / "first.json";
  request.settings.seed = 7;  // what it starts from does not depend on it
  request.settings.table_rate = 0.0;
  request.settings.network_rate = 0.0;
  TrainSag(request, {});
  LoadedSag first = ReadSag(request.from), second = ReadSag(request.out);
  const auto expected = PrunerParameters(first.shape, first.weights);
  const auto found = PrunerParameters(second.shape, second.weights);
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_TRUE(at::equal(*expected[i].tensor, *found[i].tensor)) << expected[i].name;
  }
  request = Request("third");
  request.from = folder_ / "first.json";
  request.reuse = Reuse::kKind;
  EXPECT_THROW(TrainSag(request, {}), Error);
}

TEST_F(TrainSagTest, SearchesBeforeItLearns) {
  TrainSagRequest request = Request("searched");
  request.rollouts.sampler = Samplers().Choose("ddpm:steps=10");
  request.settings.rate = 0.7;
  request.search = 10;
  request.validate_every = 5;
  TrainSag(request, {});
  std::vector<std::pair<int, int>> points;  // proposals, iterations
  for (const nlohmann::json& point : ReadJsonLines(folder_ / "searched" / "curve.jsonl").records) {
    points.emplace_back(point.at("proposals"), point.at("iteration"));
  }
  const std::vector<std::pair<int, int>> expected = {{0, 0}, {5, 0}, {10, 0}, {10, 5}, {10, 6}};
  EXPECT_EQ(points, expected);
  request = Request("only");
  request.search = 4;
  request.settings.iterations = 0;
  EXPECT_EQ(TrainSag(request, {}).at("iteration"), 0);
  const fs::path from = request.out;
  request = Request("another rate");  // which its search keeps
  request.rollouts.sampler = Samplers().Choose("ddim:steps=4");
  request.from = from;
  request.settings.rate = 0.5;
  request.settings.iterations = 0;
  request.search = 4;
  EXPECT_EQ(TrainSag(request, {}).at("valid_sparsity"), 0.5);
  request = Request("residuals");
  request.search = 1;
  request.hold = Hold::kResiduals;
  EXPECT_THROW(TrainSag(request, {}), Error);
}

TEST_F(TrainSagTest, AnInterruptedSearchGoesOn) {
  const auto searching = [&](const std::string& name) {
    TrainSagRequest request = Request(name);
    request.rollouts.sampler = Samplers().Choose("ddpm:steps=10");
    request.settings.rate = 0.7;
    request.search = 9;
    return request;
  };
  TrainSag(searching("whole"), {});
  TrainSagRequest request = searching("parts");
  const ProgressSink stop = [](const Progress& progress) {
    if (progress.done == 5) throw Error(ExitCode::kInterrupted, "stopped");
  };
  EXPECT_THROW(TrainSag(request, stop), Error);
  request.resume = true;
  TrainSag(request, {});
  EXPECT_EQ(ReadFile(folder_ / "whole.safetensors"), ReadFile(folder_ / "parts.safetensors"));
  EXPECT_EQ(ReadFile(folder_ / "whole" / "curve.jsonl"),
            ReadFile(folder_ / "parts" / "curve.jsonl"));
}

TEST_F(TrainSagTest, AResumedTrainingIsTheSame) {
  TrainSag(Request("whole"), {});
  // Stops as an interruption does after its second checkpoint: the schedule's length is the same.
  TrainSagRequest request = Request("parts");
  const ProgressSink stop = [](const Progress& progress) {
    if (progress.done == 3) throw Error(ExitCode::kInterrupted, "stopped");
  };
  EXPECT_THROW(TrainSag(request, stop), Error);
  EXPECT_THROW(TrainSag(request, {}), Error);  // there is one already: --resume
  request.resume = true;
  TrainSag(request, {});
  fs::path one = folder_ / "whole.safetensors", other = folder_ / "parts.safetensors";
  EXPECT_EQ(ReadFile(one), ReadFile(other));
  request.settings.rate = 0.8;
  EXPECT_THROW(TrainSag(request, {}), Error);  // another training
}

}  // namespace
}  // namespace sagbench
