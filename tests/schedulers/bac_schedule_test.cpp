#include "schedulers/bac_schedule.h"

#include <algorithm>
#include <stdexcept>

#include <gtest/gtest.h>

#include "core/noise.h"
#include "policies/aten.h"

namespace sagbench {
namespace {

at::Tensor RandomSimilarity(int steps, uint64_t seed) {
  CounterRandom random({.run_seed = seed});
  at::Tensor similarity = at::empty({steps, steps}, at::kDouble);
  for (int i = 0; i < steps * steps; ++i) {
    similarity.data_ptr<double>()[i] = random.Uniform(-1.0, 1.0);
  }
  return similarity;
}

// The best objective over all choices of `updates` steps that begin with 0.
double BruteForce(const at::Tensor& similarity, int updates) {
  const auto steps = static_cast<int>(similarity.size(0));
  double best = -1e9;
  for (int mask = 0; mask < 1 << (steps - 1); ++mask) {
    std::vector<int> chosen = {0};
    for (int step = 1; step < steps; ++step) {
      if ((mask >> (step - 1) & 1) != 0) chosen.push_back(step);
    }
    if (static_cast<int>(chosen.size()) != updates) continue;
    best = std::max(best, UpdateObjective(similarity, chosen));
  }
  return best;
}

TEST(OptimalUpdates, EqualBruteForceOnSmallCases) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const at::Tensor similarity = RandomSimilarity(9, seed);
    for (int updates = 1; updates <= 9; ++updates) {
      const std::vector<int> chosen = OptimalUpdates(similarity, updates);
      ASSERT_EQ(static_cast<int>(chosen.size()), updates);
      EXPECT_EQ(chosen.front(), 0);
      EXPECT_TRUE(std::is_sorted(chosen.begin(), chosen.end()));
      EXPECT_NEAR(UpdateObjective(similarity, chosen), BruteForce(similarity, updates), 1e-12);
    }
  }
}

// Where each step is compared with the one before it, whoever was cached, the least similar steps
// are the best to update.
TEST(OptimalUpdates, EqualTheGreedyChoiceWhereTheObjectiveSeparates) {
  const int steps = 12;
  CounterRandom random({.run_seed = 5});
  std::vector<double> adjacent(steps);
  for (double& value : adjacent) value = random.Uniform();
  at::Tensor similarity = at::zeros({steps, steps}, at::kDouble);
  for (int a = 0; a < steps; ++a) {
    for (int t = a + 1; t < steps; ++t) similarity[a][t] = adjacent[t];
  }
  std::vector<int> order;
  for (int step = 1; step < steps; ++step) order.push_back(step);
  std::sort(order.begin(), order.end(), [&](int a, int b) { return adjacent[a] < adjacent[b]; });
  for (int updates = 1; updates <= steps; ++updates) {
    std::vector<int> greedy(order.begin(), order.begin() + updates - 1);
    greedy.push_back(0);
    std::sort(greedy.begin(), greedy.end());
    EXPECT_EQ(OptimalUpdates(similarity, updates), greedy) << updates;
  }
}

TEST(OptimalUpdates, RefusesCountsOutOfRange) {
  EXPECT_THROW(OptimalUpdates(RandomSimilarity(4, 0), 0), std::invalid_argument);
  EXPECT_THROW(OptimalUpdates(RandomSimilarity(4, 0), 5), std::invalid_argument);
}

TEST(StepSimilarity, IsTheCosine) {
  const at::Tensor residuals = at::tensor({1.0, 0.0, 0.0, 2.0, 3.0, 3.0}).view({3, 2});
  const at::Tensor similarity = StepSimilarity(residuals);
  const double half = std::sqrt(0.5);
  const at::Tensor expected =
      at::tensor({1.0, 0.0, half, 0.0, 1.0, half, half, half, 1.0}, at::kDouble).view({3, 3});
  EXPECT_LE((similarity - expected).abs().max().item<double>(), 1e-6);
}

TEST(MeanStepDistance, IsTheMeanOverPairs) {
  const at::Tensor residuals = at::tensor({0.0, 0.0, 1.0, 1.0, 4.0, 2.0}).view({3, 2});
  EXPECT_NEAR(MeanStepDistance(residuals), (1.0 + 3.0 + 2.0) / 3.0, 1e-12);
  EXPECT_EQ(MeanStepDistance(residuals.narrow(0, 0, 1)), 0.0);
}

}  // namespace
}  // namespace sagbench
