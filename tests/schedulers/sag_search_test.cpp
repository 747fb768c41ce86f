#include "schedulers/sag_search.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "policies/aten.h"
#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

class StepSearchTest : public testing::Test {
 protected:
  std::unique_ptr<SagTrainer> Make() const {
    const PrunerShape shape{.steps = 12,
                            .blocks = 6,
                            .observation_size = 40,
                            .reuse = Reuse::kBlock,
                            .hold = Hold::kClean,
                            .width = 16};
    return std::make_unique<SagTrainer>(policy_, Samplers().Choose("ddpm:steps=12"), shape,
                                        InitialPruner(shape, 0.7, 0.1, 4), SagSettings());
  }
  StepSearch Begin(SagTrainer& trainer, int64_t proposals, int64_t done = 0) const {
    std::vector<const SagExample*> all;
    for (const SagExample& example : examples_) all.push_back(&example);
    return StepSearch(trainer, all, /*seed=*/5, proposals, done);
  }

  const Policy policy_ = TinyPolicy();
  const std::vector<SagExample> examples_ = Make()->MakeExamples(
      SampleObservations(policy_.config, FirstRows(5)), SampleNoise(policy_.config, FirstRows(5)));
};

TEST_F(StepSearchTest, ComesNearerToDenseWithAsManySteps) {
  const auto trainer = Make();
  StepSearch search = Begin(*trainer, 60);
  const std::vector<int> first = search.steps();
  EXPECT_EQ(first.size(), 4U);
  double last = search.score();
  const double begun = last;
  for (int i = 0; i < 60; ++i) {
    search.Propose();
    EXPECT_LE(search.score(), last);
    last = search.score();
    ASSERT_EQ(search.steps().size(), first.size());
    EXPECT_EQ(search.steps().front(), 0);
    EXPECT_TRUE(std::is_sorted(search.steps().begin(), search.steps().end()));
    EXPECT_LT(search.steps().back(), 12);
  }
  EXPECT_LT(last, begun);
  EXPECT_EQ(search.done(), 60);
}

// What it says of the table is what the table does.
TEST_F(StepSearchTest, LeavesItsStepsInTheTable) {
  const auto trainer = Make();
  StepSearch search = Begin(*trainer, 30);
  for (int i = 0; i < 30; ++i) search.Propose();
  EXPECT_EQ(trainer->TableSteps(), search.steps());
  const at::Tensor table = trainer->weights().table.detach().select(-1, 0).contiguous();
  const Plan plan = PlanFromLogits(table.unsqueeze(-1), Reuse::kBlock, Hold::kClean);
  for (int step = 0; step < 12; ++step) {
    const bool runs = std::binary_search(search.steps().begin(), search.steps().end(), step);
    for (int block = 0; block < 6; ++block) EXPECT_EQ(plan.at(step, block).compute, runs);
  }
  std::vector<const SagExample*> all;
  for (const SagExample& example : examples_) all.push_back(&example);
  const double score = (trainer->Distances(all) + 1e-4).log().mean().item<double>();
  EXPECT_EQ(search.score(), score);
}

TEST_F(StepSearchTest, GoesOnAsIfUninterrupted) {
  const auto whole = Make(), parts = Make();
  StepSearch one = Begin(*whole, 40);
  for (int i = 0; i < 40; ++i) one.Propose();
  {
    StepSearch first = Begin(*parts, 40);
    for (int i = 0; i < 15; ++i) first.Propose();
  }
  StepSearch rest = Begin(*parts, 40, 15);
  while (rest.done() < 40) rest.Propose();
  EXPECT_EQ(one.steps(), rest.steps());
  EXPECT_EQ(one.score(), rest.score());
}

TEST_F(StepSearchTest, HasNothingToMoveInOneStep) {
  const auto trainer = Make();
  trainer->SetTableSteps({0});
  StepSearch search = Begin(*trainer, 3);
  for (int i = 0; i < 3; ++i) search.Propose();
  EXPECT_EQ(search.steps(), std::vector<int>{0});
  EXPECT_EQ(search.done(), 3);
}

}  // namespace
}  // namespace sagbench
