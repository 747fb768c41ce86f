#include "policies/dataset.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/policies/tiny_data.h"

namespace sagbench {
namespace {

TEST(WindowDataset, CountsWindowsAsTheOriginal) {
  const PolicyConfig config = SmallConfig();  // horizon 8, To 2, Ta 4
  const DemonstrationFile file = TinyDemonstrations(1, 20);
  const WindowDataset data(config, file, {0}, config.action_steps - 1);
  EXPECT_EQ(data.size(), 20 - 8 + 1 + 1 + 3);
  const WindowDataset longer(config, file, {0}, config.horizon - config.observation_steps);
  EXPECT_EQ(longer.size(), 20 - 8 + 1 + 1 + 6);
}

TEST(WindowDataset, RepeatsTheFirstAndLastRow) {
  const PolicyConfig config = SmallConfig();
  const DemonstrationFile file = TinyDemonstrations(1, 20);
  const WindowDataset data(config, file, {0}, 3);
  const WindowDataset::Batch batch = data.Gather({0, data.size() - 1});
  const auto time = [&](int row, int i) { return batch.actions[row][i][1].item<float>(); };
  EXPECT_EQ(time(0, 0), 0.0F);
  EXPECT_EQ(time(0, 1), 0.0F);
  EXPECT_EQ(time(0, 7), 6.0F);
  EXPECT_EQ(time(1, 0), 15.0F);
  EXPECT_EQ(time(1, 4), 19.0F);
  EXPECT_EQ(time(1, 7), 19.0F);
  EXPECT_EQ(batch.observations.sizes().vec(), (std::vector<int64_t>{2, 2, 3}));
  EXPECT_EQ(batch.observations[1][1][2].item<float>(), 16.0F);
}

TEST(WindowDataset, NeverMixesEpisodes) {
  const PolicyConfig config = SmallConfig();
  const DemonstrationFile file = TinyDemonstrations(3, 9);
  const WindowDataset data(config, file, {0, 2}, 3);
  for (int64_t i = 0; i < data.size(); ++i) {
    const at::Tensor episodes = (data.Gather({i}).actions.select(2, 1) / 100.0).floor();
    EXPECT_EQ(episodes.min().item<float>(), episodes.max().item<float>());
  }
}

TEST(WindowDataset, RefusesWhatDoesNotFit) {
  PolicyConfig config = SmallConfig();
  const DemonstrationFile file = TinyDemonstrations(2, 20);
  EXPECT_THROW(WindowDataset(config, file, {}, 3), Error);
  EXPECT_THROW(WindowDataset(config, TinyDemonstrations(1, 2), {0}, 3), Error);
  config.observation_size = 4;
  EXPECT_THROW(WindowDataset(config, file, {0}, 3), Error);
  config.observation_keys = {"y"};
  EXPECT_THROW(WindowDataset(config, file, {0}, 3), Error);
}

}  // namespace
}  // namespace sagbench
