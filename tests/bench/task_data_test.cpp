#include "bench/task_data.h"

#include <filesystem>

#include <gtest/gtest.h>
#include <unistd.h>

#include "core/error.h"
#include "core/noise.h"
#include "policies/aten.h"

namespace sagbench {
namespace {

namespace fs = std::filesystem;

PolicyConfig ArmConfig(const std::string& actions) {
  PolicyConfig config;
  config.task = "lift";
  config.task_knobs = {{"actions", actions}, {"semantics", "legacy"}};
  config.observation_keys = {"object", "robot0_eef_pos", "robot0_eef_quat", "robot0_gripper_qpos"};
  config.observation_size = 19;
  config.action_size = actions == "absolute" ? 10 : 7;
  config.horizon = 10;
  return config;
}

Rows RandomRows(size_t width, CounterRandom& random) {
  Rows rows{.width = width, .values = std::vector<double>(width * 30)};
  for (double& value : rows.values) value = random.Uniform(-1.0, 1.5);
  return rows;
}

class TaskDataTest : public testing::Test {
 protected:
  ~TaskDataTest() override { fs::remove(path_); }

  void Write(const std::map<std::string, std::string>& attributes) const {
    CounterRandom random({.run_seed = 3});
    Demonstration made;
    made.observations["object"] = RandomRows(10, random);
    made.observations["robot0_eef_pos"] = RandomRows(3, random);
    made.observations["robot0_eef_quat"] = RandomRows(4, random);
    made.observations["robot0_gripper_qpos"] = RandomRows(2, random);
    made.actions = RandomRows(7, random);
    made.states = RandomRows(5, random);
    made.rewards.assign(30, 0.0);
    made.dones.assign(30, 0);
    WriteDemonstrations(path_, {attributes}, {made});
  }

  // The sentence of the error of a bad file; empty where it is read.
  std::string Complaint(const PolicyConfig& config) const {
    try {
      ReadTaskData(path_, config);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::kBadFile);
      return error.what();
    }
    return {};
  }

  Policy Fitted(const PolicyConfig& config) const {
    Policy policy;
    policy.config = config;
    FitNormalizers(WindowDataset(config, ReadTaskData(path_, config), {0}, 7), policy);
    return policy;
  }

  const fs::path path_ =
      fs::path(testing::TempDir()) / ("sagbench_task_data_" + std::to_string(getpid()) + ".hdf5");
};

TEST_F(TaskDataTest, AbsoluteActionsGetTenNumbers) {
  Write({});
  const DemonstrationFile file = ReadTaskData(path_, ArmConfig("absolute"));
  EXPECT_EQ(file.demonstrations[0].actions.width, 10U);
  EXPECT_EQ(ReadTaskData(path_, ArmConfig("delta")).demonstrations[0].actions.width, 7U);
}

TEST_F(TaskDataTest, RobomimicsNormalizers) {
  Write({});
  const Policy absolute = Fitted(ArmConfig("absolute"));
  const at::Tensor observation_scale = absolute.observation_normalizer.scale;
  EXPECT_TRUE(at::all(observation_scale == observation_scale[0]).item<bool>());
  EXPECT_TRUE(at::all(absolute.observation_normalizer.offset == 0).item<bool>());
  const at::Tensor scale = absolute.action_normalizer.scale;
  EXPECT_FALSE(at::any(scale.narrow(0, 0, 3) == 1).item<bool>());
  EXPECT_TRUE(at::all(scale.narrow(0, 3, 7) == 1).item<bool>());
  const Policy delta = Fitted(ArmConfig("delta"));
  EXPECT_TRUE(at::all(delta.action_normalizer.scale == 1).item<bool>());
  EXPECT_TRUE(at::all(delta.action_normalizer.offset == 0).item<bool>());
}

TEST_F(TaskDataTest, AnotherTasksFileIsRefused) {
  Write({{"task", "lift"}});
  EXPECT_EQ(Complaint(ArmConfig("absolute")), "");
  EXPECT_NE(
      Complaint(ArmConfig("delta")).find("recorded on task 'lift', not on 'lift:actions=delta'"),
      std::string::npos)
      << Complaint(ArmConfig("delta"));
  Write({{"env_args", R"({"env_name": "PickPlaceCan", "type": 1})"}});
  EXPECT_NE(Complaint(ArmConfig("absolute")).find("robomimic's 'PickPlaceCan', not on 'Lift'"),
            std::string::npos);
  Write({{"env_args", R"({"env_name": "Lift", "type": 1})"}});
  EXPECT_EQ(Complaint(ArmConfig("absolute")), "");
  Write({{"env_args", "not JSON"}});
  EXPECT_EQ(Complaint(ArmConfig("absolute")), "");
}

TEST_F(TaskDataTest, ActionsOfAnotherSizeAreRefused) {
  Write({});
  PolicyConfig config = ArmConfig("absolute");
  config.task = "can";
  config.observation_size = 23;
  config.observation_keys = {"object"};
  EXPECT_EQ(Complaint(config), "");  // the numbers of "object" are the data set's to check
  EXPECT_THROW(WindowDataset(config, ReadTaskData(path_, config), {0}, 7), Error);
}

}  // namespace
}  // namespace sagbench
