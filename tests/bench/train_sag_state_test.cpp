#include "bench/train_sag_state.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "core/files.h"
#include "policies/aten.h"

namespace sagbench {
namespace {

namespace fs = std::filesystem;

class TrainSagStateTest : public testing::Test {
 protected:
  TrainSagStateTest() {
    PrunerWeights weights = InitialPruner(shape_, 0.5, 1.0, 3);
    for (PrunerParameter& parameter : PrunerParameters(shape_, weights)) {
      state_.trainer.weights.push_back(*parameter.tensor);
      state_.trainer.first.push_back(*parameter.tensor * 2.0);
      state_.trainer.second.push_back(*parameter.tensor * 3.0);
      state_.best_weights.push_back(*parameter.tensor * 4.0);
    }
    state_.trainer.iteration = 7;
    state_.searched = 20;
    state_.points = {{{"iteration", 0}}, {{"iteration", 7}}};
    state_.best = state_.points[1];
  }
  ~TrainSagStateTest() override { fs::remove(path_); }

  const PrunerShape shape_{.steps = 5, .blocks = 6, .observation_size = 8, .width = 16};
  const fs::path path_ =
      fs::path(testing::TempDir()) /
      (std::string("sagbench_train_sag_state_") +
       testing::UnitTest::GetInstance()->current_test_info()->name() + ".safetensors");
  TrainSagState state_;
};

TEST_F(TrainSagStateTest, ComesBackAsItWas) {
  SaveTrainSagState(path_, "mine", state_);
  const TrainSagState found = LoadTrainSagState(path_, "mine", shape_);
  EXPECT_EQ(found.trainer.iteration, 7);
  EXPECT_EQ(found.searched, 20);
  EXPECT_EQ(found.points, state_.points);
  EXPECT_EQ(found.best, state_.best);
  ASSERT_EQ(found.best_weights.size(), state_.best_weights.size());
  for (size_t i = 0; i < found.best_weights.size(); ++i) {
    EXPECT_TRUE(at::equal(found.trainer.weights[i], state_.trainer.weights[i]));
    EXPECT_TRUE(at::equal(found.trainer.first[i], state_.trainer.first[i]));
    EXPECT_TRUE(at::equal(found.trainer.second[i], state_.trainer.second[i]));
    EXPECT_TRUE(at::equal(found.best_weights[i], state_.best_weights[i]));
  }
}

TEST_F(TrainSagStateTest, BeforeThereIsABest) {
  state_.best = nullptr;
  state_.best_weights.clear();
  state_.points.clear();
  SaveTrainSagState(path_, "mine", state_);
  const TrainSagState found = LoadTrainSagState(path_, "mine", shape_);
  EXPECT_TRUE(found.best.is_null());
  EXPECT_TRUE(found.best_weights.empty());
  EXPECT_TRUE(found.points.empty());
}

TEST_F(TrainSagStateTest, RefusesAnotherTrainingAndAnotherShape) {
  SaveTrainSagState(path_, "mine", state_);
  const auto code = [&](const std::string& fingerprint, const PrunerShape& shape) {
    try {
      LoadTrainSagState(path_, fingerprint, shape);
      return ExitCode::kDone;
    } catch (const Error& error) {
      return error.code();
    }
  };
  EXPECT_EQ(code("theirs", shape_), ExitCode::kUsage);
  PrunerShape wider = shape_;
  wider.width = 32;
  EXPECT_EQ(code("mine", wider), ExitCode::kBadFile);
  const std::string bytes = ReadFile(path_);
  WriteFileAtomically(path_, bytes.substr(0, bytes.size() - 9));
  EXPECT_EQ(code("mine", shape_), ExitCode::kBadFile);
}

}  // namespace
}  // namespace sagbench
