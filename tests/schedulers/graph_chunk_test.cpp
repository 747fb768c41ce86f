#include "schedulers/graph_chunk.h"

#include <cmath>

#include <c10/core/InferenceMode.h>
#include <gtest/gtest.h>

#include "policies/aten.h"
#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

constexpr int kSteps = 10;

struct Counts {
  int recorded = 0, replayed = 0;
};

// Repeats calls, and counts what it does.
class CountingRecorder : public WorkRecorder {
 public:
  std::unique_ptr<RecordedWork> Record(std::function<void()> work) override {
    struct Call : RecordedWork {
      Call(std::function<void()> w, Counts& c) : work(std::move(w)), counts(c) {}
      void Replay() override {
        ++counts.replayed;
        work();
      }
      std::function<void()> work;
      Counts& counts;
    };
    ++counts.recorded;
    work();
    return std::make_unique<Call>(std::move(work), counts);
  }

  Counts counts;
};

class GraphChunkTest : public testing::Test {
 protected:
  GraphChunkTest()
      : sampler_(Samplers().Choose("ddpm:steps=10").Make(NoiseSchedule(100))),
        dense_(Schedulers().Choose("dense").Make({.policy = &policy_, .sampler = choice_})),
        denoiser_(MakeCachedDenoiser(DpTransformer(policy_.config, policy_.weights)
                                         .Prefix(policy_.config.executed_tokens()))) {}

  std::unique_ptr<GraphChunk> Make() {
    return std::make_unique<GraphChunk>(*denoiser_, *sampler_, recorder_, policy_.config,
                                        policy_.config.executed_tokens(), 1, at::kCPU);
  }

  // The sample that a plan ends with, from the same observation and noise each time.
  at::Tensor Run(GraphChunk& chunk, const Plan& plan) {
    const int64_t tokens = policy_.config.executed_tokens();
    chunk.Encode(policy_.observation_normalizer.Normalize(SampleObservations(policy_.config, {0})));
    const NoiseSource noise = SampleNoise(policy_.config, {0});
    std::vector<at::Tensor> steps;
    for (int step = 0; step < kSteps; ++step) {
      steps.push_back(noise(static_cast<uint32_t>(step)).narrow(1, 0, tokens));
    }
    chunk.SetNoise(noise(NoiseKey::kInitialSample).narrow(1, 0, tokens), at::stack(steps));
    std::vector<PlannedRows> rows = {{plan, 0, 1}};
    chunk.Denoise(rows, *dense_);
    EXPECT_EQ(chunk.count(0).computed, plan.ComputedCells());
    EXPECT_EQ(chunk.count(0).computed + chunk.count(0).reused, plan.TotalCells());
    return chunk.sample().clone();
  }

  Plan RandomPlan(int seed) {
    return PlansOf(policy_, "ddpm:steps=10", "random:rate=0.7,seed=" + std::to_string(seed))[0];
  }

  const c10::InferenceMode inference_;
  const Policy policy_ = TinyPolicy();
  const SamplerRegistry::Choice choice_ = Samplers().Choose("ddpm:steps=10");
  const std::unique_ptr<Sampler> sampler_;
  const std::unique_ptr<Scheduler> dense_;
  const std::unique_ptr<Denoiser> denoiser_;
  CountingRecorder recorder_;
};

TEST_F(GraphChunkTest, APlanThatComesAgainIsRecordedWholeAndReplayed) {
  const auto chunk = Make();
  const Plan plan = RandomPlan(1);
  const at::Tensor first = Run(*chunk, plan);
  EXPECT_EQ(recorder_.counts.recorded, 1);  // the encoding
  EXPECT_TRUE(at::equal(Run(*chunk, plan), first));
  EXPECT_EQ(chunk->wholes(), 0U);  // two alike may be chance
  EXPECT_TRUE(at::equal(Run(*chunk, plan), first));
  EXPECT_EQ(chunk->wholes(), 1U);
  const int replayed = recorder_.counts.replayed;
  EXPECT_TRUE(at::equal(Run(*chunk, plan), first));
  EXPECT_EQ(recorder_.counts.replayed, replayed + 2);  // encoding and chunk
  EXPECT_EQ(recorder_.counts.recorded, 2);
  EXPECT_EQ(chunk->pieces(), 0U);
}

TEST_F(GraphChunkTest, PlansThatVaryRunThroughABoundedSetOfPieces) {
  const auto chunk = Make();
  const auto blocks = denoiser_->blocks().size();
  for (int seed = 1; seed <= 12; ++seed) {
    const Plan plan = RandomPlan(seed);
    EXPECT_TRUE(at::equal(Run(*chunk, plan), Run(*Make(), plan))) << seed;
    // Begin and finish of each step, each block with its one slot, the sum and the kept sum.
    EXPECT_LE(chunk->pieces(), 2 * kSteps + blocks + 3) << seed;
  }
  EXPECT_GT(chunk->pieces(), 2U * kSteps);
  EXPECT_EQ(chunk->wholes(), 0U);
}

TEST_F(GraphChunkTest, KeepsTheLatestWholeChunks) {
  const auto chunk = Make();
  const Plan first = RandomPlan(1);
  const at::Tensor expected = Run(*chunk, first);
  for (int seed = 1; seed <= 2 * static_cast<int>(GraphChunk::kMostWholes); ++seed) {
    for (int time = 0; time < 4; ++time) Run(*chunk, RandomPlan(seed));
    EXPECT_LE(chunk->wholes(), GraphChunk::kMostWholes);
  }
  EXPECT_EQ(chunk->wholes(), GraphChunk::kMostWholes);
  EXPECT_TRUE(at::equal(Run(*chunk, first), expected));  // forgotten, and still the same
}

// A plan with more slots makes other buffers; what was recorded on the old ones is dropped.
TEST_F(GraphChunkTest, MoreSlotsForgetWhatWasRecorded) {
  const auto chunk = Make();
  const Plan dense(kSteps, static_cast<int>(denoiser_->blocks().size())), other = RandomPlan(3);
  const at::Tensor first = Run(*chunk, dense);
  Run(*chunk, dense);
  Run(*chunk, dense);
  EXPECT_EQ(chunk->wholes(), 1U);
  EXPECT_TRUE(at::equal(Run(*chunk, other), Run(*Make(), other)));
  EXPECT_EQ(chunk->wholes(), 0U);
  EXPECT_TRUE(at::equal(Run(*chunk, dense), first));
}

TEST_F(GraphChunkTest, WhatIsNotFiniteDoesNotReachTheNextChunk) {
  const auto chunk = Make();
  const Plan plan = RandomPlan(1);
  const at::Tensor good = Run(*chunk, plan);
  for (int time = 0; time < 4; ++time) {
    chunk->Encode(at::full_like(chunk->observations(), NAN));
    std::vector<PlannedRows> rows = {{plan, 0, 1}};
    chunk->Denoise(rows, *dense_);
    EXPECT_TRUE(at::isnan(chunk->sample()).any().item<bool>());
    EXPECT_TRUE(at::equal(Run(*chunk, plan), good)) << time;
  }
}

}  // namespace
}  // namespace sagbench
