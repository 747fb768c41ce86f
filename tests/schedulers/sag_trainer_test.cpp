#include "schedulers/sag_trainer.h"

#include <cmath>
#include <filesystem>
#include <tuple>

#include <gtest/gtest.h>

#include "core/error.h"
#include "policies/aten.h"
#include "schedulers/sag_checkpoint.h"
#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

constexpr const char* kSampler = "ddpm:steps=8";

class SagTrainerTest : public testing::TestWithParam<std::tuple<Reuse, Hold>> {
 protected:
  static Reuse reuse() { return std::get<0>(GetParam()); }
  static Hold hold() { return std::get<1>(GetParam()); }
  SagTrainerTest() { settings_.iterations = 40; }

  std::unique_ptr<SagTrainer> Make(double out_scale = 0.1) const {
    const PrunerShape shape{.steps = 8,
                            .blocks = 6,
                            .observation_size = 40,
                            .reuse = reuse(),
                            .hold = hold(),
                            .width = 16};
    return std::make_unique<SagTrainer>(policy_, Samplers().Choose(kSampler), shape,
                                        InitialPruner(shape, 0.6, out_scale, 4), settings_);
  }

  std::vector<SagExample> Examples(const SagTrainer& trainer, size_t count) const {
    return trainer.MakeExamples(SampleObservations(policy_.config, FirstRows(count)),
                                SampleNoise(policy_.config, FirstRows(count)));
  }
  static std::vector<const SagExample*> All(const std::vector<SagExample>& examples) {
    std::vector<const SagExample*> all;
    for (const SagExample& example : examples) all.push_back(&example);
    return all;
  }

  const Policy policy_ = TinyPolicy();
  SagSettings settings_;
};

// Training sees what the executor will do: the same masks, the same actions.
TEST_P(SagTrainerTest, EvaluatesWhatTheExecutorRuns) {
  const auto trainer = Make(/*out_scale=*/2.0);
  const auto examples = Examples(*trainer, 4);
  const SagStep figures = trainer->Evaluate(All(examples));
  const SagKey key{.task = "pusht",
                   .sampler = kSampler,
                   .policy_sha256 = policy_.sha256,
                   .rate = 0.6,
                   .reuse = reuse(),
                   .hold = hold()};
  const auto path = std::filesystem::path(testing::TempDir()) /
                    ("sagbench_sag_" + ReuseName(reuse()) + HoldName(hold()) + ".json");
  LoadedSag sag{.shape = trainer->shape(),
                .weights = trainer->weights(),
                .references = at::rand({2, trainer->shape().observation_size})};
  SaveSag(path, key, sag, {});
  const std::string text = "sag:rate=0.6,reuse=" + ReuseName(reuse()) +
                           ",hold=" + HoldName(hold()) + ",noise=1,weights=" + path.string();
  const Chunk pruned = ActOnce(policy_, kSampler, text, FirstRows(4));
  const Chunk dense = ActOnce(policy_, kSampler, "dense", FirstRows(4));
  const auto executed = [&](const Chunk& chunk) { return chunk.trajectory.narrow(1, 1, 8); };
  EXPECT_NEAR((executed(pruned) - executed(dense)).abs().mean().item<double>(), figures.fidelity,
              1e-4);
  double reused = 0.0;
  for (const RowTrace& row : pruned.rows) {
    reused += 1.0 - static_cast<double>(row.computed_cells) / row.total_cells;
    EXPECT_GT(row.pruner_flops, 0.0);
  }
  EXPECT_NEAR(reused / 4.0, figures.sparsity, 1e-9);
}

TEST_P(SagTrainerTest, ReachesItsRateAndComesNearerToDense) {
  settings_.rate = 0.6;
  const auto trainer = Make();
  const auto examples = Examples(*trainer, 6);
  const SagStep before = trainer->Evaluate(All(examples));
  for (int i = 0; i < 40; ++i) trainer->Step(All(examples));
  const SagStep after = trainer->Evaluate(All(examples));
  EXPECT_NEAR(after.sparsity, 0.6, 0.06);
  EXPECT_LT(after.fidelity, before.fidelity);
}

// Whatever training made of the share: one shift of all logits restores it.
TEST_P(SagTrainerTest, ShiftsToItsRate) {
  for (const double rate : {0.4, 0.75}) {
    settings_.rate = rate;
    const auto trainer = Make();
    const auto examples = Examples(*trainer, 6);
    trainer->Shift(0.7);
    for (int i = 0; i < 3; ++i) trainer->Step(All(examples));
    const double shift = trainer->ShiftToRate(All(examples));
    trainer->Shift(shift);
    EXPECT_NEAR(trainer->Evaluate(All(examples)).sparsity, rate, 0.03);
    EXPECT_NEAR(trainer->ShiftToRate(All(examples)), 0.0, 1e-6);  // the table rounds
  }
}

TEST_P(SagTrainerTest, ContinuesBitForBit) {
  const auto whole = Make();
  const auto examples = Examples(*whole, 3);
  for (int i = 0; i < 4; ++i) whole->Step(All(examples));
  const auto first = Make();
  for (int i = 0; i < 2; ++i) first->Step(All(examples));
  const auto second = Make();
  second->Restore(first->Save());
  EXPECT_EQ(second->iteration(), 2);
  for (int i = 0; i < 2; ++i) second->Step(All(examples));
  const auto one = whole->Save(), other = second->Save();
  for (size_t i = 0; i < one.weights.size(); ++i) {
    EXPECT_TRUE(at::equal(one.weights[i], other.weights[i])) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Ways, SagTrainerTest,
                         testing::Combine(testing::Values(Reuse::kKind, Reuse::kBlock, Reuse::kAll),
                                          testing::Values(Hold::kResiduals, Hold::kClean)),
                         [](const auto& info) {
                           return ReuseName(std::get<0>(info.param)) + "_" +
                                  HoldName(std::get<1>(info.param));
                         });

}  // namespace
}  // namespace sagbench
