#include "policies/data_parallel.h"

#include <gtest/gtest.h>

#include "policies/aten.h"
#include "tests/policies/golden.h"
#include "tests/policies/tiny_data.h"

namespace sagbench {
namespace {

class DataParallelTest : public testing::Test {
 protected:
  // The gradient of the network's mean squared output over `rows` rows, by name of the parameter.
  std::vector<at::Tensor> Gradients(int workers, double* loss_value = nullptr) const {
    TransformerWeights weights = InitialWeights(config_, 3);
    for (NamedParameter& p : NamedParameters(config_, weights)) p.tensor->set_requires_grad(true);
    DataParallel parallel(config_, weights, {.embedding = 0.0, .attention = 0.0}, workers);
    const auto loss = [&](const DpTransformer& network, int64_t first, int64_t count) {
      const auto rows = [&](const at::Tensor& t) { return t.narrow(0, first, count); };
      return network.Forward(rows(sample_), rows(steps_), rows(seen_)).square().mean();
    };
    const double value = parallel.Backward(sample_.size(0), loss).item<double>();
    if (loss_value != nullptr) *loss_value = value;
    std::vector<at::Tensor> gradients;
    for (NamedParameter& p : NamedParameters(config_, weights)) {
      gradients.push_back(p.tensor->grad());
    }
    return gradients;
  }

  PolicyConfig config_ = SmallConfig();
  at::Tensor sample_ = at::randn({7, config_.horizon, config_.action_size});
  at::Tensor seen_ = at::randn({7, config_.observation_steps, config_.observation_size});
  at::Tensor steps_ = at::arange(7);
};

TEST_F(DataParallelTest, AnyNumberOfWorkersGivesTheSameGradient) {
  double expected_loss = 0.0;
  const std::vector<at::Tensor> expected = Gradients(1, &expected_loss);
  for (const int workers : {2, 3, 9}) {  // 9: some have no rows
    double loss = 0.0;
    const std::vector<at::Tensor> gradients = Gradients(workers, &loss);
    EXPECT_NEAR(loss, expected_loss, 1e-5 * expected_loss);
    for (size_t i = 0; i < expected.size(); ++i) {
      const double scale = expected[i].abs().max().item<double>();
      EXPECT_LE(MaxDifference(gradients[i], expected[i]), 1e-5 * scale + 1e-9) << i;
    }
  }
}

TEST_F(DataParallelTest, RepeatsBitForBit) {
  const std::vector<at::Tensor> first = Gradients(3), second = Gradients(3);
  for (size_t i = 0; i < first.size(); ++i) EXPECT_TRUE(at::equal(first[i], second[i])) << i;
}

TEST_F(DataParallelTest, LeavesTheNumberOfThreadsAsItWas) {
  const int before = at::get_num_threads();
  at::set_num_threads(3);
  Gradients(2);
  EXPECT_EQ(at::get_num_threads(), 3);
  at::set_num_threads(before);
}

TEST_F(DataParallelTest, EachWorkerDropsOthersAndASeedRepeatsThem) {
  TransformerWeights weights = InitialWeights(config_, 3);
  for (NamedParameter& p : NamedParameters(config_, weights)) p.tensor->set_requires_grad(true);
  DataParallel parallel(config_, weights, {.embedding = 0.0, .attention = 0.1}, 2);
  const auto outputs = [&](uint64_t seed) {  // of the same row, by both workers
    std::vector<at::Tensor> seen(2);
    parallel.SeedDropout(seed);
    parallel.Backward(2, [&](const DpTransformer& network, int64_t first, int64_t) {
      const auto row = [](const at::Tensor& t) { return t.narrow(0, 0, 1); };
      const at::Tensor output = network.Forward(row(sample_), row(steps_), row(seen_));
      seen[first] = output.detach();
      return output.square().mean();
    });
    return seen;
  };
  const std::vector<at::Tensor> first = outputs(1), again = outputs(1), other = outputs(2);
  EXPECT_TRUE(at::equal(first[0], again[0]));
  EXPECT_TRUE(at::equal(first[1], again[1]));
  EXPECT_FALSE(at::equal(first[0], first[1]));
  EXPECT_FALSE(at::equal(first[0], other[0]));
}

}  // namespace
}  // namespace sagbench
