// How often the intervals that reports print of times hold the truth, by simulation of a machine
// whose speed drifts. results/README.md quotes the figures: ctest -L long -R LongCoverage -V.
#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/noise.h"
#include "results/statistics.h"

namespace sagbench {
namespace {

constexpr size_t kBlock = 5;  // samples in a row of one schedule, as `run` takes them

// Standard deviations of log times; a sample is the true median times what they make of it.
struct Machine {
  const char* name;
  double noise;   // of a sample
  double drift;   // of the machine's speed, slow, the same for all that is measured in a round
  double turn;    // of one schedule's turn in a round
  double spikes;  // share of samples that something else on the machine makes half as long again
};

constexpr Machine kIdle = {"idle", 0.02, 0.0, 0.0, 0.01};
constexpr Machine kDrifting = {"drifting", 0.04, 0.10, 0.0, 0.05};
constexpr Machine kShared = {"shared", 0.04, 0.10, 0.05, 0.10};

// Times of several schedules with median 1, in turns.
std::vector<std::vector<double>> Measure(const Machine& machine, size_t schedules, size_t samples,
                                         uint64_t seed) {
  constexpr double kMemory = 0.9;  // of the drift, a round
  CounterRandom random({.run_seed = seed});
  std::vector<std::vector<double>> times(schedules);
  double drift = machine.drift * random.Normal();
  for (size_t round = 0; round < samples / kBlock; ++round) {
    drift = kMemory * drift + machine.drift * std::sqrt(1.0 - kMemory * kMemory) * random.Normal();
    for (std::vector<double>& own : times) {
      const double turn = machine.turn * random.Normal();
      for (size_t i = 0; i < kBlock; ++i) {
        const double log = drift + turn + machine.noise * random.Normal();
        own.push_back(std::exp(log) * (random.Uniform() < machine.spikes ? 1.5 : 1.0));
      }
    }
  }
  return times;
}

double RatioCoverage(const Machine& machine, size_t samples, int trials) {
  constexpr double kTruth = 8.0;
  int covered = 0;
  for (int trial = 0; trial < trials; ++trial) {
    auto times = Measure(machine, 2, samples, static_cast<uint64_t>(trial));
    for (double& time : times[0]) time *= kTruth;
    const MedianRatio ratio = RatioOfMedians(
        times[0], times[1], kBlock, {.seed = static_cast<uint64_t>(trial), .resamples = 1000});
    covered += ratio.ci95->lo <= kTruth && kTruth <= ratio.ci95->hi ? 1 : 0;
  }
  return static_cast<double>(covered) / trials;
}

// Of the median over a long time, which the drift of one run may miss.
double MedianCoverage(const Machine& machine, size_t samples, int trials) {
  const double truth = Median(Measure(machine, 1, 2000000, 1u << 30)[0]);
  int covered = 0;
  for (int trial = 0; trial < trials; ++trial) {
    const auto times = Measure(machine, 1, samples, static_cast<uint64_t>(trial));
    const Interval interval = *MedianInterval(times[0]);
    covered += interval.lo <= truth && truth <= interval.hi ? 1 : 0;
  }
  return static_cast<double>(covered) / trials;
}

TEST(Coverage, SpeedUpsIntervalHoldsTheTruthWhereTheMachineDrifts) {
  for (const Machine& machine : {kIdle, kDrifting, kShared}) {
    EXPECT_GE(RatioCoverage(machine, 200, 200), 0.90) << machine.name;  // 3 deviations below .95
  }
}

TEST(Coverage, OneRunsMedianDoesNotKnowOfTheDrift) {
  EXPECT_GE(MedianCoverage(kIdle, 200, 200), 0.90);
  EXPECT_LT(MedianCoverage(kDrifting, 200, 200), 0.60);
}

TEST(LongCoverage, OfAllThatIsPrinted) {
  constexpr int kTrials = 2000;
  for (const Machine& machine : {kIdle, kDrifting, kShared}) {
    for (const size_t samples : {30, 60, 200}) {
      const double ratio = RatioCoverage(machine, samples, kTrials);
      fmt::print("{:<9} {:>3} samples: speed-up {:.3f}, median {:.3f}\n", machine.name, samples,
                 ratio, MedianCoverage(machine, samples, kTrials));
      EXPECT_GE(ratio, samples == 30 ? 0.85 : 0.90) << machine.name << samples;
    }
  }
}

}  // namespace
}  // namespace sagbench
