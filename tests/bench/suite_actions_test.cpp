#include "bench/suite_actions.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "tests/schedulers/tiny_policy_folder.h"

namespace sagbench {
namespace {

class ActionMeasuresTest : public TinyPolicyFolder {
 protected:
  ActionMeasuresTest() {
    settings_.policy = In("policy");
    settings_.add_baseline = false;
    made_ = MakeRows({{.tasks = {"pusht"},
                       .samplers = {"ddim:steps=4"},
                       .schedulers = {"dense", "late:rate=0.5"},
                       .episodes = 1}},
                     settings_);
    const at::Tensor batch = SampleObservations(made_.policies.front()->config, FirstRows(2));
    observations_ = {batch[0], batch[1]};
  }
  RowSettings settings_;
  SuiteRows made_;
  std::vector<at::Tensor> observations_;
};

TEST_F(ActionMeasuresTest, DenseIsNotComparedWithItself) {
  ActionMeasures measures(settings_, nullptr);
  for (size_t i = 0; i < 2; ++i) measures.CompareWithDense(i, &made_.rows[i], observations_);
  EXPECT_FALSE(made_.rows[0].data.action_error);
  ASSERT_TRUE(made_.rows[1].data.action_error && made_.rows[1].data.plan_map);
  EXPECT_GT(made_.rows[1].data.action_error->mean_abs, 0.0);
  EXPECT_EQ(made_.rows[1].data.plan_map->observations, 2);
}

TEST_F(ActionMeasuresTest, WhatIsThereIsLeftAlone) {
  ActionMeasures measures(settings_, nullptr);
  RunData& data = made_.rows[1].data;
  data.action_error = ActionError{-1.0, -2.0};
  data.spread = Spread{std::nullopt, -3.0};
  measures.CompareWithDense(1, &made_.rows[1], observations_);
  measures.Spread(1, &made_.rows[1], observations_);
  EXPECT_EQ(data.action_error->mean_abs, -1.0);
  EXPECT_TRUE(data.plan_map);
  EXPECT_EQ(data.spread->mean, -3.0);
}

}  // namespace
}  // namespace sagbench
