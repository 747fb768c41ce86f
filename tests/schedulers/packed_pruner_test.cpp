#include "schedulers/packed_pruner.h"

#include <gtest/gtest.h>

#include "policies/aten.h"
#include "policies/kernels.h"
#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

// Widths that fill panels of 16 and one that does not.
class PackedPrunerTest : public testing::TestWithParam<int> {
 protected:
  PackedPrunerTest()
      : shape_{.steps = 17, .blocks = 6, .observation_size = 10, .width = GetParam()},
        weights_(InitialPruner(shape_, 0.7, 1.0, 3)),
        pruner_(shape_, weights_),
        cells_(pruner_.CellTable()),
        packed_(shape_, weights_, cells_) {}

  PrunerShape shape_;
  PrunerWeights weights_;
  SagPruner pruner_;
  at::Tensor cells_;
  PackedPruner packed_;
};

TEST_P(PackedPrunerTest, SaysWhatThePrunerSays) {
  const at::Tensor seen = at::randn({5, 2, 5});
  const at::Tensor logits = packed_.Logits(seen);
  EXPECT_EQ(logits.sizes(), (std::vector<int64_t>{5, 17, 6, 2}));
  EXPECT_LE(MaxDifference(logits, pruner_.Logits(seen, cells_)), 1e-5);
}

TEST_P(PackedPrunerTest, ARowDoesNotDependOnTheBatch) {
  const at::Tensor seen = at::randn({3, 2, 5});
  const at::Tensor together = packed_.Logits(seen);
  EXPECT_TRUE(at::equal(packed_.Logits(seen.narrow(0, 1, 1))[0], together[1]));
  EXPECT_FALSE(at::equal(together[0], together[1]));
}

TEST_P(PackedPrunerTest, ThreadsShareTheWorkAndChangeNothing) {
  PrunerShape long_shape = shape_;
  long_shape.steps = 60;  // cells for several shares a thread
  const PrunerWeights weights = InitialPruner(long_shape, 0.7, 1.0, 4);
  PackedPruner packed(long_shape, weights, SagPruner(long_shape, weights).CellTable());
  const at::Tensor seen = at::randn({3, 2, 5});
  const at::Tensor alone = packed.Logits(seen);
  for (const int threads : {1, 2, 3, 24}) {
    SpinTeam team(threads);
    EXPECT_TRUE(at::equal(packed.Logits(seen, &team), alone)) << threads;
  }
}

INSTANTIATE_TEST_SUITE_P(Widths, PackedPrunerTest, testing::Values(16, 40, 64));

}  // namespace
}  // namespace sagbench
