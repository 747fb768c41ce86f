#include "bench/policy_demos.h"

#include <gtest/gtest.h>

#include "bench/task_choice.h"
#include "core/error.h"
#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

class PolicyDemos : public testing::Test {
 protected:
  PolicyDemos() : policy_(TinyPolicy()) {
    driver_.policy = &policy_;
    driver_.task = ChooseTaskFor(policy_.config, "pusht");
    driver_.sampler = "ddim:steps=2";
    driver_.batch = 2;
  }

  Policy policy_;
  PolicyDriver driver_;
};

TEST_F(PolicyDemos, VisitedStatesAreTheTasksAndRepeatable) {
  const auto starts = VisitedStarts(driver_, 40, 11, 0, {}, 4);
  ASSERT_EQ(starts.size(), 11U);
  const std::unique_ptr<Task> task = driver_.task.Make();
  for (size_t i = 0; i < starts.size(); ++i) {
    EXPECT_EQ(starts[i].start, StartKind::kState);
    EXPECT_EQ(starts[i].seed, 40 + i);
    EXPECT_NO_THROW(task->SetState(starts[i].state));
  }
  EXPECT_NE(starts[0].state, starts[1].state);
  const auto again = VisitedStarts(driver_, 40, 11, 0, {}, 4);
  for (size_t i = 0; i < starts.size(); ++i) EXPECT_EQ(starts[i].state, again[i].state);
}

TEST_F(PolicyDemos, VisitedStatesMayBeThoseOfSomeReward) {
  driver_.min_reward = 0.02;  // which this untrained policy reaches by chance
  const std::unique_ptr<Task> task = driver_.task.Make();
  for (const ExpertRequest& start : VisitedStarts(driver_, 40, 6, 0, {}, 4)) {
    task->SetState(start.state);
    const std::vector<double> stay = {start.state[0], start.state[1]};
    EXPECT_GT(task->Step(stay).reward, 0.0);
  }
  driver_.min_reward = 1.0;
  EXPECT_THROW(VisitedStarts(driver_, 40, 1, 0, {}, 4), Error);
}

TEST_F(PolicyDemos, ActorRecordsWholeEpisodes) {
  const Actor actor = MakePolicyActor(driver_);
  const ExpertResult result = actor({.start = StartKind::kReset, .seed = 3});
  const Demonstration& demonstration = result.demonstration;
  const std::unique_ptr<Task> task = driver_.task.Make();
  const size_t steps = demonstration.actions.count();
  ASSERT_GT(steps, 0U);
  EXPECT_EQ(demonstration.rewards.size(), steps);
  EXPECT_EQ(demonstration.states.count(), steps);
  std::vector<double> observation = task->Reset(3);
  for (const ObservationKey& key : task->spec().observation_keys) {
    const Rows& rows = demonstration.observations.at(key.name);
    EXPECT_EQ(rows.count(), steps);
    EXPECT_EQ(rows.values.front(), observation.front()) << key.name;
    observation.erase(observation.begin(), observation.begin() + key.size);
  }
  EXPECT_EQ(demonstration.dones.back(), 1);
}

TEST_F(PolicyDemos, AnyShapeOfNetworkActsAndVisits) {
  PolicyConfig config = TinyConfig();
  config.width = 24;  // not one that the fused executor runs
  const Policy odd = TinyPolicy(1, config);
  driver_.policy = &odd;
  EXPECT_GT(MakePolicyActor(driver_)({.start = StartKind::kReset, .seed = 3}).seconds, 0.0);
  EXPECT_EQ(VisitedStarts(driver_, 40, 2, 0, {}, 1).size(), 2U);
}

TEST_F(PolicyDemos, ActorRefusesOtherStarts) {
  EXPECT_THROW(MakePolicyActor(driver_)({.start = StartKind::kNearGoal}), Error);
}

}  // namespace
}  // namespace sagbench
