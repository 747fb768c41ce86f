#include "policies/sampler.h"

#include <algorithm>
#include <cmath>

#include <fmt/core.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/policies/golden.h"

namespace sagbench {
namespace {

constexpr const char* kNames[] = {"ddpm", "ddim"};

std::unique_ptr<Sampler> Make(const std::string& name, int steps) {
  return Samplers().Choose(fmt::format("{}:steps={}", name, steps)).Make(NoiseSchedule(100));
}

TEST(Samplers, TimestepsMatchDiffusers) {
  const Golden golden("sampler_tiny");
  for (const char* name : kNames) {
    for (const auto& [steps, counts] : golden.metadata().at("n_steps").items()) {
      const std::vector<int64_t> expected =
          golden.file().Integers(fmt::format("{}/timesteps/{}", name, steps));
      const std::unique_ptr<Sampler> sampler = Make(name, std::stoi(steps));
      const std::vector<int64_t> actual(sampler->timesteps().begin(), sampler->timesteps().end());
      EXPECT_EQ(actual, expected) << name << " " << steps;
    }
  }
}

TEST(Samplers, NoiseFromIsTheInverseOfClean) {
  for (const char* name : kNames) {
    const std::unique_ptr<Sampler> sampler = Make(name, 20);
    for (const int index : {0, 7, 19}) {
      const at::Tensor sample = at::randn({2, 3, 2}), clean = at::rand({2, 3, 2}) * 2.0 - 1.0;
      const at::Tensor noise = sampler->NoiseFrom(index, sample, clean);
      EXPECT_LE(MaxDifference(sampler->Clean(index, sample, noise), clean), 1e-4) << name;
    }
  }
}

// What Hold (schedulers/plan.h) rests on: while the clean sample stays the same, steps of DDPM add
// up to one step of a respaced DDPM, in mean and in variance.
TEST(Samplers, StepsFromOneCleanSampleAddUpToALongerStep) {
  const std::unique_ptr<Sampler> fine = Make("ddpm", 100);
  const std::unique_ptr<Sampler> coarse =
      Samplers().Choose("ddpm:steps=10,spacing=trailing").Make(NoiseSchedule(100));
  for (int step = 0; step + 1 < 10; ++step) {
    double clean = 0.0, sample = 1.0, variance = 0.0;
    for (int i = 10 * step; i < 10 * (step + 1); ++i) {
      const StepCoefficients& c = fine->Coefficients(i);
      ASSERT_EQ(c.predicted, 0.0F);
      clean = c.clean + c.sample * clean;
      sample *= c.sample;
      variance = c.sample * c.sample * variance + c.sigma * c.sigma;
    }
    const StepCoefficients& c = coarse->Coefficients(step);
    EXPECT_NEAR(clean, c.clean, 1e-4) << step;
    EXPECT_NEAR(sample, c.sample, 1e-4) << step;
    EXPECT_NEAR(std::sqrt(variance), c.sigma, 1e-4) << step;
  }
}

// Largest error of a trajectory; `forced`: every step starts from the golden sample before it.
double TrajectoryError(const Golden& golden, const DpTransformer& network, const std::string& name,
                       const std::string& steps, bool forced) {
  const std::unique_ptr<Sampler> sampler = Make(name, std::stoi(steps));
  const at::Tensor expected = golden.Get(fmt::format("{}/traj/{}", name, steps));
  const at::Tensor noise = golden.Get("in/noise");
  at::Tensor sample = golden.Get("in/x_T");
  double worst = 0.0;
  for (int64_t i = 0; i < expected.size(0); ++i) {
    const at::Tensor t = at::full({sample.size(0)}, sampler->timesteps()[i], at::kLong);
    const at::Tensor predicted = network.Forward(sample, t, golden.Get("in/cond"));
    sample = sampler->Step(static_cast<int>(i), sample, predicted, noise[i]);
    worst = std::max(worst, MaxDifference(sample, expected[i]));
    if (forced) sample = expected[i];
  }
  return worst;
}

TEST(Samplers, TrajectoriesMatchDiffusers) {
  const Golden golden("sampler_tiny");
  const Golden network_set("network_tiny");
  const DpTransformer network = GoldenNetwork(network_set);
  for (const char* name : kNames) {
    for (const auto& [steps, counts] : golden.metadata().at("n_steps").items()) {
      EXPECT_LE(TrajectoryError(golden, network, name, steps, true), 1e-4) << name << " " << steps;
      // Without fresh noise this random network amplifies the rounding of one matrix product from
      // step to step (to .05 over 100), so DDIM is checked step by step alone.
      if (std::string(name) == "ddim") continue;
      EXPECT_LE(TrajectoryError(golden, network, name, steps, false), 1e-4) << name << " " << steps;
    }
  }
}

TEST(Samplers, StepsOutOfRangeAreRefused) {
  for (const char* name : kNames) {
    EXPECT_THROW(Samplers().Choose(fmt::format("{}:steps=0", name)), Error);
    EXPECT_THROW(Samplers().Choose(fmt::format("{}:steps=101", name)), Error);
  }
  EXPECT_THROW(Samplers().Choose("ddpm:steps=50").Make(NoiseSchedule(20)), Error);
}

}  // namespace
}  // namespace sagbench
