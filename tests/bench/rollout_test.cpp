#include "bench/rollout.h"

#include <csignal>
#include <limits>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/interrupt.h"
#include "policies/aten.h"
#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

class Rollout : public testing::Test {
 protected:
  RolloutRequest Request(const Policy& policy) const {
    RolloutRequest request;
    request.task = Tasks().Choose("pusht");
    request.policy = &policy.config;
    request.run_seed = 7;
    return request;
  }

  GroupResult Run(const RolloutRequest& request, const Policy& policy,
                  const std::vector<uint64_t>& seeds,
                  const std::string& scheduler = "static-cache:interval=2") const {
    return RunGroup(request, *MakeExecutor(policy, "ddim:steps=4", scheduler), seeds);
  }

  static std::vector<double> FirstState(const Episode& episode) {
    const Rows& states = episode.demonstration.states;
    return {states.values.begin(), states.values.begin() + static_cast<int64_t>(states.width)};
  }

  // Records, one JSON line each; RunGroup knows no times.
  static std::string Lines(const GroupResult& group) {
    std::string lines;
    for (const Episode& episode : group.episodes) lines += ToJson(episode.record).dump() + "\n";
    return lines;
  }

  const Policy policy_ = TinyPolicy();
};

TEST_F(Rollout, SameSeedsGiveTheSameRecordsByteForByte) {
  const GroupResult first = Run(Request(policy_), policy_, {100000, 100001, 100002});
  const GroupResult second = Run(Request(policy_), policy_, {100000, 100001, 100002});
  EXPECT_EQ(Lines(first), Lines(second));
  RolloutRequest other = Request(policy_);
  other.run_seed = 8;
  EXPECT_NE(Lines(Run(other, policy_, {100000, 100001, 100002})), Lines(first));
}

TEST_F(Rollout, SimulatorThreadsDoNotMatter) {
  RolloutRequest request = Request(policy_);
  const GroupResult one = Run(request, policy_, {1, 2, 3, 4});
  request.threads = 3;
  EXPECT_EQ(Lines(Run(request, policy_, {1, 2, 3, 4})), Lines(one));
}

TEST_F(Rollout, RecordsAreInTheOrderOfTheSeedsAndCountWhatRan) {
  const GroupResult group = Run(Request(policy_), policy_, {12, 3, 12});
  ASSERT_EQ(group.episodes.size(), 3U);
  const EpisodeRecord& first = group.episodes[0].record;
  const int max_steps = Tasks().Choose("pusht").Make()->spec().max_steps;
  EXPECT_EQ(first.seed, 12U);
  EXPECT_EQ(group.episodes[1].record.seed, 3U);
  EXPECT_NE(group.episodes[1].record.action_digest, first.action_digest);
  for (const Episode& episode : group.episodes) {
    const EpisodeRecord& record = episode.record;
    EXPECT_EQ(record.replans, (record.steps + 7) / 8);
    EXPECT_EQ(record.total_cells, record.replans * 4 * 6);
    EXPECT_EQ(record.computed_cells * 2, record.total_cells);
    EXPECT_GT(record.flops, record.skipped_flops);
    EXPECT_EQ(record.failure.empty(), record.success);
    EXPECT_TRUE(record.success || record.steps == max_steps);
    ASSERT_TRUE(record.score.has_value());
    EXPECT_TRUE(*record.score >= 0.0 && *record.score <= 1.0);
  }
}

TEST_F(Rollout, AllSchedulersSeeTheSameStart) {
  RolloutRequest request = Request(policy_);
  request.record = true;
  const GroupResult dense = Run(request, policy_, {5, 6}, "dense");
  const GroupResult cached = Run(request, policy_, {5, 6});
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(FirstState(dense.episodes[i]), FirstState(cached.episodes[i]));
    EXPECT_EQ(dense.episodes[i].demonstration.states.count(),
              size_t(dense.episodes[i].record.steps));
  }
  EXPECT_TRUE(Run(Request(policy_), policy_, {5}).episodes[0].demonstration.states.values.empty());
}

TEST_F(Rollout, RecordsObservationsForLatency) {
  RolloutRequest request = Request(policy_);
  request.record_chunks = 5;
  const GroupResult group = Run(request, policy_, {5, 6});
  ASSERT_EQ(group.observations.size(), 5U);
  for (const at::Tensor& observation : group.observations) {
    EXPECT_EQ(observation.sizes(), (std::vector<int64_t>{2, 20}));
  }
  // At the start the history repeats the first observation.
  EXPECT_TRUE(at::equal(group.observations[0][0], group.observations[0][1]));
  EXPECT_TRUE(Run(Request(policy_), policy_, {5}).observations.empty());
}

TEST_F(Rollout, RecordsPlansAndStopsWhenAsked) {
  RolloutRequest request = Request(policy_);
  request.record_plans = true;
  request.max_replans = 3;
  const GroupResult group = Run(request, policy_, {5, 6});
  for (const Episode& episode : group.episodes) {
    ASSERT_EQ(episode.plans.size(), 3U);
    EXPECT_EQ(episode.record.replans, 3);
    EXPECT_TRUE(episode.plans[0] == episode.plans[2]);
  }
  request.record_plans = false;
  EXPECT_TRUE(Run(request, policy_, {5}).episodes[0].plans.empty());
}

TEST_F(Rollout, CountsWhatThePrunerCosts) {
  RolloutRequest request = Request(policy_);
  request.max_replans = 2;
  const EpisodeRecord record = Run(request, policy_, {5}, "sag:weights=random").episodes[0].record;
  EXPECT_GT(record.pruner_flops, 0.0);
  EXPECT_GT(record.flops, record.pruner_flops);
}

TEST_F(Rollout, NonFiniteActionsEndTheEpisodeAsAFailure) {
  Policy policy = TinyPolicy();
  policy.weights.head.bias.fill_(std::numeric_limits<double>::quiet_NaN());
  const GroupResult group = Run(Request(policy), policy, {1, 2}, "dense");
  ASSERT_EQ(group.episodes.size(), 2U);
  for (const Episode& episode : group.episodes) {
    EXPECT_EQ(episode.record.failure, "non_finite_action");
    EXPECT_FALSE(episode.record.success);
    EXPECT_EQ(episode.record.steps, 0);
    EXPECT_EQ(episode.record.replans, 1);
  }
}

TEST_F(Rollout, EndsAtAnInterruption) {
  InstallInterruptHandler();
  std::raise(SIGINT);
  EXPECT_THROW(Run(Request(policy_), policy_, {1}), Error);
  InstallInterruptHandler();  // forgets the signal
  EXPECT_NO_THROW(Run(Request(policy_), policy_, {1}));
}

// The policy writes ten numbers, the task takes seven, and those are recorded.
TEST_F(Rollout, APolicysRotationsAreConverted) {
  PolicyConfig config = TinyConfig();
  config.task = "lift";
  config.observation_size = 19;
  config.action_size = 10;
  const Policy policy = RandomPolicy(config, 1);
  RolloutRequest request = Request(policy);
  request.task = Tasks().Choose("lift");
  request.record = true;
  request.max_replans = 1;
  const GroupResult group = Run(request, policy, {1});
  const Demonstration& demonstration = group.episodes.front().demonstration;
  EXPECT_EQ(demonstration.actions.width, 7U);
  EXPECT_EQ(demonstration.actions.count(), 8U);
  EXPECT_EQ(demonstration.observations.at("object").width, 10U);
}

}  // namespace
}  // namespace sagbench
