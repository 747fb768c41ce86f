#include "bench/latency.h"

#include <chrono>

#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

// Writes down who was called.
class Recorder : public Executor {
 public:
  Recorder(char name, std::string& calls) : name_(name), calls_(calls) {}

  Chunk Act(const at::Tensor& observations, const NoiseSource& noise) override {
    EXPECT_EQ(observations.size(0), 1);
    EXPECT_EQ(noise(0).size(0), 1);
    calls_ += name_;
    Chunk chunk;
    chunk.times = {.encode = 1.0, .plan = 2.0, .denoise = 3.0, .sampler = 4.0};
    return chunk;
  }

 private:
  char name_;
  std::string& calls_;
};

class LatencyTest : public testing::Test {
 protected:
  std::vector<LatencySamples> Measure(const LatencySettings& settings,
                                      const ProgressSink& progress = {}) {
    calls_.clear();
    Recorder a('a', calls_), b('b', calls_), c('c', calls_);
    return MeasureLatency({&a, &b, &c}, Observations(), config_, settings, progress);
  }

  std::vector<at::Tensor> Observations() const {
    const at::Tensor batch = SampleObservations(config_, FirstRows(2));
    return {batch[0], batch[1]};
  }

  const PolicyConfig config_ = TinyConfig();
  std::string calls_;
};

TEST_F(LatencyTest, ExecutorsTakeTurnsInBlocks) {
  const auto samples = Measure({.samples = 12, .warmup = 2, .block_size = 5, .seed = 3});
  ASSERT_EQ(samples.size(), 3U);
  for (const LatencySamples& one : samples) {
    EXPECT_EQ(one.ms.size(), 12U);
    EXPECT_EQ(one.block_size, 5);
    EXPECT_EQ(one.phases->encode, 12.0);
    EXPECT_EQ(one.phases->sampler, 48.0);
    for (const double ms : one.ms) EXPECT_GE(ms, 0.0);
  }
  EXPECT_EQ(calls_.substr(0, 6), "abcabc");
  size_t at = 6;
  for (const size_t samples_of_turn : {5, 5, 2}) {
    const size_t block = samples_of_turn + 1;  // an untimed one first
    std::string seen;
    for (int turn = 0; turn < 3; ++turn, at += block) {
      EXPECT_EQ(calls_.substr(at, block), std::string(block, calls_[at]));
      EXPECT_EQ(seen.find(calls_[at]), std::string::npos);
      seen += calls_[at];
    }
  }
  EXPECT_EQ(at, calls_.size());
}

TEST_F(LatencyTest, TheOrderIsDrawnFromTheSeed) {
  const LatencySettings settings{.samples = 20, .warmup = 0, .block_size = 1, .seed = 3};
  Measure(settings);
  const std::string first = calls_;
  Measure(settings);
  EXPECT_EQ(calls_, first);
  LatencySettings other = settings;
  other.seed = 4;
  Measure(other);
  EXPECT_NE(calls_, first);
}

// In the order that the rounds before would have led to; each round is told when it is over.
TEST_F(LatencyTest, GoesOnAfterEarlierRounds) {
  const LatencySettings settings{.samples = 12, .warmup = 0, .block_size = 5, .seed = 3};
  Measure(settings);
  const std::string whole = calls_;
  const LatencySamples five{std::vector<double>(5, 7.0), 5, PhaseTimes{.plan = 10.0}};
  std::vector<size_t> rounds;
  LatencyLog log{.before = {five, five, five},
                 .finished = [&](const std::vector<LatencySamples>& round) {
                   ASSERT_EQ(round.size(), 3U);
                   rounds.push_back(round[2].ms.size());
                 }};
  calls_.clear();
  Recorder a('a', calls_), b('b', calls_), c('c', calls_);
  const auto samples = MeasureLatency({&a, &b, &c}, Observations(), config_, settings, {}, log);
  EXPECT_EQ(calls_, whole.substr(3 * 6));
  EXPECT_EQ(rounds, (std::vector<size_t>{5, 2}));
  EXPECT_EQ(samples[1].ms.size(), 12U);
  EXPECT_EQ(samples[1].ms[4], 7.0);
  EXPECT_EQ(samples[1].phases->plan, 10.0 + 7 * 2.0);
}

// Five samples have no interval; with ten every median is within so wide a share.
TEST_F(LatencyTest, StopsOnceEveryMedianIsPrecise) {
  LatencySettings settings{.samples = 100, .warmup = 0, .block_size = 5, .within = 1e9};
  for (const LatencySamples& samples : Measure(settings)) EXPECT_EQ(samples.ms.size(), 10U);
  settings.within = 1e-9;
  for (const LatencySamples& samples : Measure(settings)) EXPECT_EQ(samples.ms.size(), 100U);
}

// Nobody else was there before.
TEST_F(LatencyTest, OneExecutorNeedsNoUntimedChunks) {
  Recorder a('a', calls_);
  MeasureLatency({&a}, Observations(), config_, {.samples = 12, .warmup = 2, .block_size = 5}, {});
  EXPECT_EQ(calls_, std::string(14, 'a'));
}

// The threads of the one before may wait actively for more work: one that is timed at once would
// share the processor with them.
TEST_F(LatencyTest, ATurnBeginsWithAPause) {
  const LatencySettings settings{.samples = 10, .warmup = 0, .block_size = 5};
  const auto begin = std::chrono::steady_clock::now();
  Measure(settings);  // two rounds of three turns
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(6 * 20));
}

// 4 to warm up, 3 turns of 20 ms and an untimed one each, 12 timed.
TEST_F(LatencyTest, SaysHowLongItTakes) {
  EXPECT_DOUBLE_EQ(LatencySeconds({.warmup = 4, .block_size = 5}, 12, 0.5), 19 * 0.5 + 3 * 0.02);
}

TEST_F(LatencyTest, ReportsProgress) {
  std::vector<Progress> seen;
  Measure({.samples = 7, .warmup = 0, .block_size = 5},
          [&](const Progress& progress) { seen.push_back(progress); });
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(seen.back().done, 7);
  EXPECT_EQ(seen.back().total, 7);
}

TEST_F(LatencyTest, WantsExecutorsAndObservations) {
  Recorder a('a', calls_);
  EXPECT_THROW(MeasureLatency({}, Observations(), config_, {}, {}), Error);
  EXPECT_THROW(MeasureLatency({&a}, {}, config_, {}, {}), Error);
}

TEST_F(LatencyTest, TimesARealExecutor) {
  const Policy policy = TinyPolicy();
  const auto executor = MakeExecutor(policy, "ddim:steps=2", "dense");
  const auto samples = MeasureLatency({executor.get()}, Observations(), policy.config,
                                      {.samples = 3, .warmup = 1}, {});
  for (const double ms : samples[0].ms) EXPECT_GT(ms, 0.0);
}

}  // namespace
}  // namespace sagbench
