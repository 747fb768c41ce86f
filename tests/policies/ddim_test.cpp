#include <gtest/gtest.h>

#include "policies/aten.h"
#include "policies/sampler.h"

namespace sagbench {
namespace {

std::unique_ptr<Sampler> Make(const std::string& knobs) {
  return Samplers().Choose("ddim:" + knobs).Make(NoiseSchedule(100));
}

TEST(Ddim, DrawsNone) {
  const std::unique_ptr<Sampler> sampler = Make("steps=10");
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(sampler->NeedsNoise(i));
}

// Leading steps end at 0 and begin below the last; trailing ones begin at the last.
TEST(Ddim, SpacingSaysWhereTheStepsLie) {
  const auto steps = [](const std::string& knobs) {
    const std::unique_ptr<Sampler> sampler = Make(knobs);
    return std::vector<int>(sampler->timesteps().begin(), sampler->timesteps().end());
  };
  EXPECT_EQ(steps("steps=4"), (std::vector<int>{75, 50, 25, 0}));
  EXPECT_EQ(steps("steps=4,spacing=trailing"), (std::vector<int>{99, 74, 49, 24}));
}

// Where the network names the noise that was added, the last step leads to the sample.
TEST(Ddim, ThePerfectPredictionLeadsToTheSample) {
  const NoiseSchedule schedule(100);
  const at::Tensor clean = at::rand({1, 4, 2}) - 0.5, noise = at::randn({1, 4, 2});
  const std::unique_ptr<Sampler> sampler = Make("steps=2,spacing=trailing");
  const at::Tensor t = at::full({1}, sampler->timesteps()[1], at::kLong);
  const at::Tensor noisy = schedule.AddNoise(clean, noise, t);
  EXPECT_LE((sampler->Step(1, noisy, noise, {}) - clean).abs().max().item<double>(), 1e-5);
}

}  // namespace
}  // namespace sagbench
