#include "bench/train_run.h"

#include <csignal>

#include <gtest/gtest.h>

#include "core/demonstrations.h"
#include "core/error.h"
#include "core/files.h"
#include "core/interrupt.h"
#include "core/json_lines.h"
#include "core/noise.h"
#include "policies/aten.h"
#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

namespace fs = std::filesystem;

Rows RandomRows(size_t width, size_t count, CounterRandom& random) {
  Rows rows{.width = width, .values = std::vector<double>(width * count)};
  for (double& value : rows.values) value = random.Uniform(50.0, 450.0);
  return rows;
}

Demonstration MadeUpDemonstration(uint64_t seed, size_t count) {
  CounterRandom random({.run_seed = seed});
  Demonstration made;
  made.observations["keypoints"] = RandomRows(18, count, random);
  made.observations["agent_pos"] = RandomRows(2, count, random);
  made.actions = RandomRows(2, count, random);
  made.states = RandomRows(5, count, random);
  made.rewards.assign(count, 0.5);
  made.dones.assign(count, 0);
  return made;
}

class TrainRunTest : public testing::Test {
 protected:
  TrainRunTest() {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    std::vector<Demonstration> demonstrations;
    for (uint64_t seed = 0; seed < 4; ++seed) {
      demonstrations.push_back(MadeUpDemonstration(seed, 20));
    }
    WriteDemonstrations(data_, {}, demonstrations, 0.25);
  }
  ~TrainRunTest() override { fs::remove_all(folder_); }

  TrainRequest Request(const std::string& name) const {
    TrainRequest request;
    request.data = data_;
    request.folder = folder_ / name;
    request.config = TinyConfig();
    request.settings.optimizer = {.learning_rate = 1e-3, .warmup = 2, .total_steps = 6};
    request.settings.batch = 8;
    request.validate_every = 2;
    request.checkpoint_every = 2;
    return request;
  }

  static ExitCode CodeOf(const TrainRequest& request) {
    try {
      TrainPolicy(request, {});
    } catch (const Error& error) {
      return error.code();
    }
    return ExitCode::kDone;
  }

  std::string Weights(const std::string& name) const {
    return ReadFile(folder_ / name / "last" / "policy.safetensors");
  }
  std::string Checkpoint(const std::string& name) const {
    return ReadFile(folder_ / name / "checkpoint.safetensors");
  }
  std::vector<int64_t> CurveIterations(const std::string& name) const {
    std::vector<int64_t> iterations;
    for (const auto& point : ReadJsonLines(folder_ / name / "curve.jsonl").records) {
      iterations.push_back(point.at("iteration"));
      EXPECT_GT(point.at("loss").get<double>(), 0.0);
      EXPECT_TRUE(point.contains("action_error"));
    }
    return iterations;
  }

  const fs::path folder_ = fs::path(testing::TempDir()) /
                           (std::string("sagbench_train_") +
                            testing::UnitTest::GetInstance()->current_test_info()->name());
  const fs::path data_ = folder_ / "data.hdf5";
};

TEST_F(TrainRunTest, WritesPoliciesCheckpointAndCurve) {
  std::vector<Progress> seen;
  TrainPolicy(Request("a"), [&](const Progress& progress) { seen.push_back(progress); });
  EXPECT_EQ(CurveIterations("a"), (std::vector<int64_t>{2, 4, 6}));
  EXPECT_EQ(seen.back().done, 6);
  EXPECT_EQ(seen.back().total, 6);
  const Policy last = LoadPolicy(folder_ / "a" / "last");
  EXPECT_EQ(ToJson(last.config), ToJson(TinyConfig()));
  EXPECT_EQ(last.provenance.at("iteration"), 6);
  EXPECT_EQ(last.provenance.at("settings").at("iterations"), 6);
  EXPECT_EQ(last.provenance.at("data").at("demonstrations"), 4);
  EXPECT_EQ(last.provenance.at("data").at("sha256"), Sha256OfFile(data_));
  EXPECT_EQ(last.provenance.at("curve").size(), 3U);
  EXPECT_NO_THROW(LoadPolicy(folder_ / "a" / "best"));
}

TEST_F(TrainRunTest, ResumedEqualsUninterruptedBitForBit) {
  TrainPolicy(Request("whole"), {});
  TrainRequest request = Request("parts");
  request.stop_after = 3;
  TrainPolicy(request, {});
  EXPECT_NE(Weights("parts"), Weights("whole"));
  request.stop_after = 0;
  request.resume = true;
  std::vector<Progress> seen;
  TrainPolicy(request, [&](const Progress& progress) { seen.push_back(progress); });
  EXPECT_EQ(seen.front().resumed, 3);
  EXPECT_EQ(Weights("parts"), Weights("whole"));
  EXPECT_EQ(Checkpoint("parts"), Checkpoint("whole"));
  EXPECT_EQ(CurveIterations("parts"), (std::vector<int64_t>{2, 3, 4, 6}));
}

// The gain changes what is learned, not what training starts from, and is part of a training.
TEST_F(TrainRunTest, TheMemoryGainBelongsToATraining) {
  TrainPolicy(Request("plain"), {});
  TrainRequest request = Request("gain");
  request.memory_gain = 8.0;
  request.stop_after = 4;
  TrainPolicy(request, {});
  EXPECT_EQ(LoadPolicy(folder_ / "gain" / "last").provenance.at("settings").at("memory_gain"), 8.0);
  EXPECT_NE(Weights("gain"), Weights("plain"));
  request.resume = true;
  request.memory_gain = 4.0;
  EXPECT_NE(CodeOf(request), ExitCode::kDone);
}

TEST_F(TrainRunTest, AnInterruptedTrainingGoesOn) {
  TrainPolicy(Request("whole"), {});
  TrainRequest request = Request("parts");
  InstallInterruptHandler();
  const auto stop = [](const Progress& progress) {
    if (progress.done == 2) std::raise(SIGINT);
  };
  try {
    TrainPolicy(request, stop);
    ADD_FAILURE() << "not interrupted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kInterrupted);
  }
  InstallInterruptHandler();  // forgets the signal
  request.resume = true;
  TrainPolicy(request, {});
  EXPECT_EQ(Weights("parts"), Weights("whole"));
  EXPECT_EQ(Checkpoint("parts"), Checkpoint("whole"));
}

TEST_F(TrainRunTest, AFolderWithATrainingIsNotOverwritten) {
  TrainRequest request = Request("a");
  request.stop_after = 2;
  TrainPolicy(request, {});
  const std::string before = Checkpoint("a");
  EXPECT_EQ(CodeOf(request), ExitCode::kUsage);
  EXPECT_EQ(Checkpoint("a"), before);
}

TEST_F(TrainRunTest, OtherSettingsOrDataAreNotResumed) {
  TrainRequest request = Request("a");
  request.stop_after = 2;
  TrainPolicy(request, {});
  request.resume = true;
  TrainRequest other = request;
  other.settings.batch = 4;
  EXPECT_EQ(CodeOf(other), ExitCode::kUsage);
  other = request;
  other.settings.optimizer.total_steps = 7;
  EXPECT_EQ(CodeOf(other), ExitCode::kUsage);
  other = request;
  other.pad_after = 3;
  EXPECT_EQ(CodeOf(other), ExitCode::kUsage);
  WriteDemonstrations(data_, {}, {MadeUpDemonstration(9, 20), MadeUpDemonstration(10, 20)});
  EXPECT_EQ(CodeOf(request), ExitCode::kUsage);
}

TEST_F(TrainRunTest, ADamagedCheckpointIsABadFile) {
  TrainRequest request = Request("a");
  request.stop_after = 2;
  TrainPolicy(request, {});
  const std::string bytes = Checkpoint("a");
  WriteFileAtomically(folder_ / "a" / "checkpoint.safetensors", bytes.substr(0, bytes.size() / 2));
  request.resume = true;
  EXPECT_EQ(CodeOf(request), ExitCode::kBadFile);
}

// The first iteration's learning rate is 0: the warm-up.
TEST_F(TrainRunTest, ADivergedTrainingKeepsItsLastCheckpoint) {
  TrainRequest request = Request("a");
  request.settings.optimizer.learning_rate = 1e30;
  request.checkpoint_every = 1;
  request.stop_after = 1;
  TrainPolicy(request, {});
  const std::string checkpoint = Checkpoint("a"), weights = Weights("a");
  request.stop_after = 0;
  request.resume = true;
  try {
    TrainPolicy(request, {});
    ADD_FAILURE() << "trained";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kUsage);
    const std::string sentence = error.what();
    for (const char* part : {"at iteration 2", "of iteration 1, is kept", "--learning-rate"}) {
      EXPECT_NE(sentence.find(part), std::string::npos) << sentence;
    }
  }
  EXPECT_EQ(Checkpoint("a"), checkpoint);
  EXPECT_EQ(Weights("a"), weights);
}

TEST_F(TrainRunTest, StartsFromAPolicy) {
  Policy start = TinyPolicy(5);
  SavePolicy(folder_ / "start", start, WeightPrecision::kFloat32);
  TrainRequest request = Request("a");
  request.from = folder_ / "start";
  request.settings.optimizer.learning_rate = 1e-9;
  TrainPolicy(request, {});
  const Policy last = LoadPolicy(folder_ / "a" / "last");
  EXPECT_LE(MaxDifference(last.weights.head.weight, start.weights.head.weight), 1e-3);
  EXPECT_TRUE(at::equal(last.action_normalizer.scale, start.action_normalizer.scale));
  EXPECT_TRUE(at::equal(last.observation_normalizer.offset, start.observation_normalizer.offset));
  EXPECT_EQ(last.provenance.at("from").at("sha256"), start.sha256);
  request.folder = folder_ / "c";
  request.stop_after = 2;
  TrainPolicy(request, {});
  request.from.clear();  // the checkpoint holds what it trained with
  request.stop_after = 0;
  request.resume = true;
  TrainPolicy(request, {});
  EXPECT_EQ(Weights("c"), Weights("a"));
  request.from = folder_ / "start";
  request.resume = false;
  request.folder = folder_ / "b";
  request.config.layers = 1;
  EXPECT_EQ(CodeOf(request), ExitCode::kUsage);
}

TEST_F(TrainRunTest, RollsOutWhenAsked) {
  TrainRequest request = Request("a");
  request.rollout_every = 4;
  request.rollout = [](const Policy& policy) {
    EXPECT_EQ(policy.config.layers, 2);
    return nlohmann::json{{"score", 0.25}};
  };
  TrainPolicy(request, {});
  const auto points = ReadJsonLines(folder_ / "a" / "curve.jsonl").records;
  ASSERT_EQ(points.size(), 3U);
  EXPECT_FALSE(points[0].contains("rollout"));
  EXPECT_EQ(points[1].at("rollout").at("score"), 0.25);
}

TEST_F(TrainRunTest, BadDataIsABadFile) {
  TrainRequest request = Request("a");
  request.data = folder_ / "nowhere.hdf5";
  EXPECT_EQ(CodeOf(request), ExitCode::kBadFile);
  request = Request("b");
  request.config.observation_keys = {"keypoints", "gripper"};
  EXPECT_EQ(CodeOf(request), ExitCode::kBadFile);
  request = Request("c");
  request.config.observation_size = 21;
  EXPECT_EQ(CodeOf(request), ExitCode::kBadFile);
  request = Request("d");
  request.config.heads = 3;
  EXPECT_EQ(CodeOf(request), ExitCode::kUsage);
}

}  // namespace
}  // namespace sagbench
