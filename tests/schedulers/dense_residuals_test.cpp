#include "schedulers/dense_residuals.h"

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

TEST(DenseResiduals, AreOneAStepAndBlockAndThoseOfARowAlone) {
  const Policy policy = TinyPolicy();
  const auto run = [&](const std::vector<uint64_t>& rows) {
    return DenseResiduals(policy, Samplers().Choose("ddpm:steps=5"),
                          SampleObservations(policy.config, rows),
                          SampleNoise(policy.config, rows));
  };
  const std::vector<at::Tensor> three = run(FirstRows(3)), alone = run({1});
  ASSERT_EQ(three.size(), 6U);
  for (size_t block = 0; block < three.size(); ++block) {
    EXPECT_EQ(three[block].sizes(), (std::vector<int64_t>{3, 5, 9 * policy.config.width}));
    EXPECT_LE(MaxDifference(three[block][1], alone[block][0]), 1e-4);
    EXPECT_GT(three[block].abs().max().item<double>(), 0.0);
  }
  EXPECT_GT(MaxDifference(three[0].select(1, 0), three[0].select(1, 4)), 1e-3);
}

}  // namespace
}  // namespace sagbench
