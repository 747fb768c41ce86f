#include "schedulers/executor.h"

#include <stdexcept>

#include <gtest/gtest.h>

#include "core/error.h"
#include "policies/aten.h"
#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

// The part of a full trajectory that the other chunk has, too.
at::Tensor CommonTokens(const Chunk& full, const Chunk& other) {
  return full.trajectory.narrow(1, 0, other.trajectory.size(1));
}

TEST(Executor, FullyComputedCacheIsDenseBitForBit) {
  const Policy policy = TinyPolicy();
  for (const auto& executor : Executors().entries()) {
    for (const auto& sampler : Samplers().entries()) {
      for (const size_t rows : {1, 3}) {
        SCOPED_TRACE(executor.name + " " + sampler.name);
        const auto act = [&](const std::string& scheduler) {
          return ActOnce(policy, sampler.name, scheduler, FirstRows(rows), executor.name);
        };
        const Chunk dense = act("dense"), cached = act("static-cache:interval=1");
        EXPECT_TRUE(at::equal(dense.actions, cached.actions));
        EXPECT_TRUE(at::equal(dense.trajectory, cached.trajectory));
        EXPECT_EQ(dense.rows[0].flops, cached.rows[0].flops);
        EXPECT_EQ(cached.rows[0].computed_cells, cached.rows[0].total_cells);
      }
    }
  }
}

// The sampler with few steps, where it has such a knob.
std::string Short(const SamplerRegistry::Entry& sampler) {
  for (const Knob& knob : sampler.knobs) {
    if (knob.name == "steps") return sampler.name + ":steps=20";
  }
  return sampler.name;
}

TEST(Executor, AllAgreeOnEverySchedulerAndSampler) {
  const Policy policy = TinyPolicy();
  for (const auto& executor : Executors().entries()) {
    for (const auto& sampler : Samplers().entries()) {
      for (const auto& scheduler : Schedulers().entries()) {
        SCOPED_TRACE(executor.name + " " + sampler.name + " " + scheduler.name);
        const auto act = [&](const std::string& name) {
          return ActOnce(policy, Short(sampler), Untrained(scheduler.name), FirstRows(2), name);
        };
        const Chunk reference = act("reference"), other = act(executor.name);
        // Online methods decide by the tokens that are computed, which are not the same.
        if (!reference.plans.front().probes().empty()) continue;
        EXPECT_LE(MaxDifference(CommonTokens(reference, other), other.trajectory), kRounding);
        const double pixels = 256.0;  // of a normalised unit
        EXPECT_LE(MaxDifference(reference.actions, other.actions), pixels * kRounding);
        EXPECT_EQ(reference.rows[1].plan_digest, other.rows[1].plan_digest);
        EXPECT_EQ(reference.rows[1].computed_cells, other.rows[1].computed_cells);
      }
    }
  }
}

// spec/policy.md: 246,861,824 a step of the push-T network, 100 steps a chunk.
TEST(Executor, CountsTheFlopsOfADensePushTChunk) {
  const Policy policy = RandomPolicy(PolicyConfig(), 1);
  const Chunk reference = ActOnce(policy, "ddpm", "dense", {0}, "reference");
  EXPECT_EQ(reference.rows[0].flops, 24'686'182'400.0);
  EXPECT_EQ(reference.rows[0].skipped_flops, 0.0);
  EXPECT_EQ(reference.rows[0].total_cells, 100 * 24);
  // Nine of sixteen tokens (T = 9 in the formulas), and keys and values of the memory once.
  const Chunk eager = ActOnce(policy, "ddpm", "dense", {0});
  EXPECT_EQ(eager.rows[0].flops, 100 * 133'023'744.0 + 2 * (1'048'576.0 + 2'097'152.0) + 20'480.0);
  EXPECT_EQ(eager.trajectory.size(1), 9);
  EXPECT_LE(MaxDifference(CommonTokens(reference, eager), eager.trajectory), kRounding);
}

TEST(Executor, SkippedCellsCostNothing) {
  const Policy policy = TinyPolicy();
  const RowTrace dense = ActOnce(policy, "ddpm", "dense", {0}).rows[0];
  const RowTrace cached = ActOnce(policy, "ddpm", "static-cache:interval=10", {0}).rows[0];
  EXPECT_EQ(cached.computed_cells * 10, cached.total_cells);
  EXPECT_NEAR(cached.flops + cached.skipped_flops, dense.flops, 1e-9 * dense.flops);
  EXPECT_LT(cached.flops, 0.5 * dense.flops);
}

TEST(Executor, ThreadsChangeOnlyTheRounding) {
  const Policy policy = TinyPolicy();
  const int before = at::get_num_threads();
  std::vector<Chunk> chunks;
  for (const int threads : {1, 2}) {
    at::set_num_threads(threads);
    chunks.push_back(ActOnce(policy, "ddpm", "static-cache", FirstRows(16)));
  }
  at::set_num_threads(before);
  EXPECT_LE(MaxDifference(chunks[0].trajectory, chunks[1].trajectory), kRounding);
}

TEST(Executor, ActionsAreTheExecutedPartInTheTasksUnits) {
  const Policy policy = TinyPolicy();
  const Chunk chunk = ActOnce(policy, "ddim", "dense", FirstRows(2));
  const PolicyConfig& c = policy.config;
  const at::Tensor part = chunk.trajectory.narrow(1, c.observation_steps - 1, c.action_steps);
  EXPECT_LE(MaxDifference(policy.action_normalizer.Unnormalize(part), chunk.actions), 0.0);
  EXPECT_GT(chunk.times.denoise, 0.0);
}

TEST(Executor, AnExecutorCanBeUsedAgain) {
  const Policy policy = TinyPolicy();
  const auto executor = MakeExecutor(policy, "ddim", "static-cache");
  const auto act = [&](const std::vector<uint64_t>& rows) {
    return executor->Act(SampleObservations(policy.config, rows), SampleNoise(policy.config, rows));
  };
  const Chunk first = act({4});
  act(FirstRows(3));  // nothing of another batch stays
  EXPECT_TRUE(at::equal(act({4}).actions, first.actions));
}

// A scheduler that is not registered: it makes the plans that a test wants.
class GivenPlans : public Scheduler {
 public:
  explicit GivenPlans(std::vector<Plan> plans) : plans_(std::move(plans)) {}
  std::vector<Plan> MakePlan(const PlanRequest&) override { return plans_; }

 private:
  std::vector<Plan> plans_;
};

Chunk ActWith(const Policy& policy, const std::vector<Plan>& plans,
              const std::vector<uint64_t>& rows, const std::string& executor = "eager",
              const std::string& sampler = "ddim:steps=4") {
  SchedulerRegistry registry("scheduler");
  registry.Add({.name = "given",
                .summary = "",
                .knobs = {},
                .make = [&](const KnobValues&, const SchedulerParts&) {
                  return std::make_unique<GivenPlans>(plans);
                }});
  return Executors()
      .Choose(executor)
      .Make({.policy = &policy,
             .sampler = Samplers().Choose(sampler),
             .scheduler = registry.Choose("given")})
      ->Act(SampleObservations(policy.config, rows), SampleNoise(policy.config, rows));
}

TEST(Executor, RefusesAPlanThatReusesAnEmptySlot) {
  const Policy policy = TinyPolicy();
  Plan plan(4, 6);
  plan.SetLayout(SlotPerBlock(plan.blocks()));
  plan.at(0, 2) = {.compute = false, .slot = 2};
  EXPECT_THROW(ActWith(policy, {plan}, {0}), Error);
  Plan good(4, 6);
  good.SetLayout(SlotPerBlock(good.blocks()));
  EXPECT_THROW(ActWith(policy, {good, plan}, FirstRows(2)), Error);
}

TEST(Executor, WantsAPlanForAllRowsOrOneEach) {
  const Policy policy = TinyPolicy();
  const std::vector<Plan> two(2, Plan(4, 6));
  EXPECT_NO_THROW(ActWith(policy, two, FirstRows(2)));
  EXPECT_THROW(ActWith(policy, two, FirstRows(3)), std::logic_error);
  std::vector<Plan> shapes = two;
  shapes[1].SetLayout(SlotPerBlock(shapes[1].blocks()));
  EXPECT_THROW(ActWith(policy, shapes, FirstRows(2)), std::logic_error);
}

TEST(Executor, RowsWithOtherPlansAreAsAlone) {
  const Policy policy = TinyPolicy();
  std::vector<Plan> plans(3, Plan(4, 6));
  for (size_t row = 0; row < plans.size(); ++row) {
    plans[row].SetLayout(SlotPerBlock(plans[row].blocks()));
    for (size_t step = 1; step <= row; ++step) {
      plans[row].at(int(step), int(row)) = {.compute = false, .slot = uint16_t(row)};
    }
  }
  const Chunk together = ActWith(policy, plans, FirstRows(3));
  for (uint64_t row = 0; row < 3; ++row) {
    const Chunk alone = ActWith(policy, {plans[row]}, {row});
    EXPECT_LE(MaxDifference(alone.trajectory[0], together.trajectory[int64_t(row)]), kRounding);
    EXPECT_EQ(together.rows[row].computed_cells, 24 - int64_t(row));
    EXPECT_EQ(together.rows[row].plan_digest, plans[row].Digest());
    EXPECT_EQ(together.rows[row].flops, alone.rows[0].flops);
  }
}

// Rows that are idle in other steps than their neighbours, under every executor and sampler.
class IdleRows : public testing::TestWithParam<Hold> {};

INSTANTIATE_TEST_SUITE_P(Executor, IdleRows, testing::Values(Hold::kResiduals, Hold::kClean),
                         [](const auto& info) { return HoldName(info.param); });

TEST_P(IdleRows, AreAsAloneUnderEveryExecutor) {
  const Policy policy = TinyPolicy();
  for (const auto& sampler : Samplers().entries()) {
    const std::string name = Short(sampler);
    const auto steps =
        static_cast<int>(Samplers().Choose(name).Make(NoiseSchedule(100))->timesteps().size());
    std::vector<Plan> plans(3, Plan(steps, 6));
    for (int row = 0; row < 3; ++row) {
      plans[row].SetLayout(SlotPerBlock(6));
      plans[row].SetIdle({.hold = GetParam(), .noise = 0.5});
      for (int step = 1; step < steps; ++step) {
        for (int block = 0; block < 6 && step % (row + 2) != 0; ++block) {
          plans[row].at(step, block) = {.compute = false, .slot = static_cast<uint16_t>(block)};
        }
      }
    }
    const Chunk reference = ActWith(policy, plans, FirstRows(3), "reference", name);
    for (const auto& executor : Executors().entries()) {
      SCOPED_TRACE(executor.name + " " + sampler.name);
      const Chunk together = ActWith(policy, plans, FirstRows(3), executor.name, name);
      EXPECT_LE(MaxDifference(CommonTokens(reference, together), together.trajectory), kRounding);
      for (uint64_t row = 0; row < 3; ++row) {
        const Chunk alone = ActWith(policy, {plans[row]}, {row}, executor.name, name);
        EXPECT_LE(MaxDifference(alone.trajectory[0], together.trajectory[int64_t(row)]), kRounding);
        EXPECT_EQ(together.rows[row].flops, alone.rows[0].flops);
        EXPECT_EQ(together.rows[row].computed_cells, plans[row].ComputedCells());
      }
    }
  }
}

// A deterministic sampler that holds the clean sample between computed steps takes longer steps.
TEST(Executor, HoldingUnderDdimIsFewerSteps) {
  const Policy policy = TinyPolicy();
  for (const auto& executor : Executors().entries()) {
    SCOPED_TRACE(executor.name);
    const Chunk held =
        ActOnce(policy, "ddim", "static-cache:interval=10,hold=clean", FirstRows(2), executor.name);
    const Chunk fewer =
        ActOnce(policy, "ddim:steps=10,spacing=trailing", "dense", FirstRows(2), executor.name);
    EXPECT_LE(MaxDifference(held.trajectory, fewer.trajectory), kRounding);
    EXPECT_EQ(held.rows[0].flops, fewer.rows[0].flops);
  }
}

// Noise of steps that compute nothing counts as much as the plan says, whatever they predict; that
// of others is the sampler's.
TEST(Executor, IdleStepsAddTheirShareOfNoise) {
  const Policy policy = TinyPolicy();
  const std::vector<uint64_t> rows = FirstRows(2);
  const NoiseSource noise = SampleNoise(policy.config, rows);
  constexpr float kFactor = 0.25F;
  // The timestep of the second step of four, which the scheduler does not compute.
  const auto act = [&](const std::string& executor, const std::string& knobs, bool scaled) {
    const NoiseSource source = [&](uint32_t step) {
      const bool idle = step == 50;
      return idle && scaled ? noise(step) * kFactor : noise(step);
    };
    return MakeExecutor(policy, "ddpm:steps=4", "static-cache:interval=2" + knobs, executor)
        ->Act(SampleObservations(policy.config, rows), source)
        .trajectory;
  };
  for (const auto& executor : Executors().entries()) {
    for (const std::string hold : {",hold=residuals", ",hold=clean"}) {
      SCOPED_TRACE(executor.name + hold);
      const at::Tensor full = act(executor.name, hold, false);
      const at::Tensor less = act(executor.name, hold, true);
      const at::Tensor share = act(executor.name, hold + ",noise=0.25", false);
      EXPECT_LE(MaxDifference(share, less), kRounding);
      EXPECT_GT(MaxDifference(share, full), 1e-2);
      EXPECT_TRUE(at::equal(act(executor.name, hold + ",noise=1", false), full));
    }
  }
}

TEST(EpisodeNoise, BelongsToTheEpisodeAndNotToTheBatch) {
  const PolicyConfig config = TinyConfig();
  const auto row = [&](uint64_t seed, uint64_t episode, uint32_t replan, uint32_t step,
                       NoisePurpose purpose = NoisePurpose::kSampling) {
    return EpisodeNoise(config, seed, {episode}, {replan}, purpose)(step)[0];
  };
  const at::Tensor batch = EpisodeNoise(config, 3, {9, 7, 5}, {0, 4, 0})(11);
  EXPECT_TRUE(at::equal(batch[0], row(3, 9, 0, 11)));
  EXPECT_TRUE(at::equal(batch[1], row(3, 7, 4, 11)));
  EXPECT_TRUE(at::equal(batch[2], row(3, 5, 0, 11)));
  for (const at::Tensor& other :
       {row(4, 9, 0, 11), row(3, 8, 0, 11), row(3, 9, 1, 11), row(3, 9, 0, 12),
        row(3, 9, 0, NoiseKey::kInitialSample), row(3, 9, 0, 11, NoisePurpose::kSpread)}) {
    EXPECT_FALSE(at::equal(batch[0], other));
  }
}

TEST(EpisodeNoise, IsStandardNormal) {
  const at::Tensor noise =
      EpisodeNoise(TinyConfig(), 0, FirstRows(200), std::vector<uint32_t>(200, 0))(0);
  EXPECT_NEAR(noise.mean().item<double>(), 0.0, 0.05);
  EXPECT_NEAR(noise.std().item<double>(), 1.0, 0.05);
}

}  // namespace
}  // namespace sagbench
