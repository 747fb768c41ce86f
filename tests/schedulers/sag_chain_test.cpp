#include "schedulers/sag_chain.h"

#include <gtest/gtest.h>

#include "policies/aten.h"
#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

TEST(CellGates, AreTheComputedCells) {
  CounterRandom random(NoiseKey{});
  at::Tensor logits = at::empty({2, 5, 6});
  for (int64_t i = 0; i < logits.numel(); ++i) {
    logits.data_ptr<float>()[i] = static_cast<float>(random.Normal());
  }
  for (const Hold hold : {Hold::kResiduals, Hold::kClean}) {
    EXPECT_TRUE(at::equal(CellGates(logits, hold), ComputedCells(logits, hold).to(at::kFloat)));
  }
}

TEST(StraightThrough, IsHardForwardsAndSoftBackwards) {
  const at::Tensor logits = at::tensor({-2.0F, 0.0F, 0.3F}).set_requires_grad(true);
  const at::Tensor gates = StraightThrough(logits);
  EXPECT_TRUE(at::equal(gates.detach(), at::tensor({0.0F, 0.0F, 1.0F})));
  gates.sum().backward();
  const at::Tensor soft = logits.detach().sigmoid();
  EXPECT_LE(MaxDifference(logits.grad(), soft * (1.0 - soft)), 1e-6);
}

class GatedBlocksTest : public testing::Test {
 protected:
  GatedBlocksTest()
      : denoiser_(MakeCachedDenoiser(DpTransformer(policy_.config, policy_.weights))) {
    const at::Tensor seen =
        policy_.observation_normalizer.Normalize(SampleObservations(policy_.config, FirstRows(2)));
    encoded_ = denoiser_->Encode(seen);
  }

  StepState Begin(int timestep) const {
    StepState state = denoiser_->Begin(sample_, timestep, encoded_);
    state.memory = state.memory.clone();
    return state;
  }

  const Policy policy_ = TinyPolicy();
  const std::unique_ptr<Denoiser> denoiser_;
  const at::Tensor sample_ = at::randn({2, 16, 2});
  Encoded encoded_;
  CounterRandom random_{NoiseKey{}};
};

TEST_F(GatedBlocksTest, AllOpenIsDense) {
  GatedBlocks blocks(*denoiser_, at::ones({2, 2, 6, 2}), Reuse::kAll, Hold::kResiduals, 0.0,
                     random_);
  for (const int step : {0, 1}) {
    const StepState state = Begin(60 - step);
    at::Tensor dense = state.stream;
    for (int block = 0; block < 6; ++block) {
      dense = dense + denoiser_->Residual(block, dense, state, {});
    }
    EXPECT_LE(MaxDifference(blocks.Run(step, state), dense), 1e-6);
  }
}

// A cell that no row computes adds its slot, and its gate feels what computing would have changed.
TEST_F(GatedBlocksTest, AClosedGateLearnsFromWhatItWouldHaveAdded) {
  const at::Tensor logits = at::full({2, 2, 6, 1}, -0.4).set_requires_grad(true);
  GatedBlocks blocks(*denoiser_, logits, Reuse::kBlock, Hold::kResiduals, /*sampled=*/1.0, random_);
  const StepState first = Begin(60);
  std::vector<at::Tensor> residuals;
  at::Tensor stream = first.stream;
  for (int block = 0; block < 6; ++block) {
    residuals.push_back(denoiser_->Residual(block, stream, first, {}));
    stream = stream + residuals.back();
  }
  EXPECT_LE(MaxDifference(blocks.Run(0, first), stream), 1e-6);

  const StepState second = Begin(59);
  at::Tensor reused = second.stream;
  for (int block = 0; block < 5; ++block) reused = reused + residuals[block];
  const at::Tensor change = denoiser_->Residual(5, reused, second, {}) - residuals[5];
  const at::Tensor end = blocks.Run(1, second);
  EXPECT_LE(MaxDifference(end.detach(), reused + residuals[5]), 1e-6);
  end.sum().backward();
  const double slope = 1.0 / (1.0 + std::exp(0.4)) * (1.0 - 1.0 / (1.0 + std::exp(0.4)));
  const at::Tensor expected = change.flatten(1).sum(1) * slope;
  const at::Tensor gradient = logits.grad().select(1, 1).select(1, 5).select(-1, 0);
  EXPECT_LE(MaxDifference(gradient, expected), 1e-3 * expected.abs().max().item<double>());
  EXPECT_EQ(logits.grad().select(1, 0).abs().max().item<double>(), 0.0);  // step 0 has no choice
}

TEST_F(GatedBlocksTest, ARowRunsWhereAGateIsOpen) {
  at::Tensor logits = at::full({2, 2, 6, 1}, -1.0);
  logits[0][1][2][0] = 3.0;  // one cell alone makes no step run
  logits[1][1].fill_(1.0);
  GatedBlocks clean(*denoiser_, logits, Reuse::kBlock, Hold::kClean, 0.0, random_);
  EXPECT_TRUE(at::equal(clean.Runs(1), at::tensor({0, 1}).to(at::kBool)));
  EXPECT_EQ(clean.StepGate(1)[0].item<double>(), 0.0);
  EXPECT_EQ(clean.StepGate(1)[1].item<double>(), 1.0);
  GatedBlocks residuals(*denoiser_, logits, Reuse::kBlock, Hold::kResiduals, 0.0, random_);
  EXPECT_TRUE(residuals.Runs(1).all().item<bool>());
}

TEST_F(GatedBlocksTest, DensePredictionIsThatOfDense) {
  GatedBlocks blocks(*denoiser_, at::ones({2, 2, 6, 1}), Reuse::kBlock, Hold::kClean, 0.0, random_);
  const StepState state = Begin(60);
  const at::Tensor predicted = blocks.DensePrediction(state, at::tensor({1}, at::kLong));
  const at::Tensor dense = denoiser_->Finish(blocks.Run(0, Begin(60)));
  EXPECT_LE(MaxDifference(predicted[1], dense[1]), 1e-5);
  EXPECT_EQ(predicted[0].abs().max().item<double>(), 0.0);
}

TEST_F(GatedBlocksTest, RowsFollowTheirOwnGates) {
  at::Tensor logits = at::ones({2, 2, 6, 1});
  logits[1][1][2][0] = -1.0;  // row 1 reuses block 2 in step 1
  GatedBlocks both(*denoiser_, logits, Reuse::kKind, Hold::kResiduals, 0.0, random_);
  GatedBlocks open(*denoiser_, at::ones({2, 2, 6, 1}), Reuse::kKind, Hold::kResiduals, 0.0,
                   random_);
  both.Run(0, Begin(60));
  open.Run(0, Begin(60));
  const at::Tensor mixed = both.Run(1, Begin(59)), dense = open.Run(1, Begin(59));
  EXPECT_LE(MaxDifference(mixed[0], dense[0]), 1e-5);
  EXPECT_GT(MaxDifference(mixed[1], dense[1]), 1e-5);
}

}  // namespace
}  // namespace sagbench
