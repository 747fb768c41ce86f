// What the contract suites and executor_test.cpp do not ask of every executor.
#include <filesystem>

#include <gtest/gtest.h>

#include "core/error.h"
#include "policies/aten.h"
#include "schedulers/sag_checkpoint.h"
#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

// Every scheduler, online ones too: both compute the same tokens, so they decide alike.
void ExpectActsAsEager(const Policy& policy) {
  for (const auto& scheduler : Schedulers().entries()) {
    for (const size_t rows : {1, 3}) {
      SCOPED_TRACE(scheduler.name);
      const auto act = [&](const std::string& executor) {
        return ActOnce(policy, "ddpm", Untrained(scheduler.name), FirstRows(rows), executor);
      };
      const Chunk eager = act("eager"), fused = act("fused");
      EXPECT_LE(MaxDifference(eager.trajectory, fused.trajectory), kRounding);
      ASSERT_EQ(eager.rows.size(), fused.rows.size());
      for (size_t row = 0; row < rows; ++row) {
        EXPECT_EQ(eager.rows[row].plan_digest, fused.rows[row].plan_digest);
        EXPECT_EQ(eager.rows[row].computed_cells, fused.rows[row].computed_cells);
        EXPECT_EQ(eager.rows[row].flops, fused.rows[row].flops);
        EXPECT_EQ(eager.rows[row].skipped_flops, fused.rows[row].skipped_flops);
      }
    }
  }
}

TEST(FusedExecutor, ActsAsEagerUnderEveryScheduler) {
  ExpectActsAsEager(TinyPolicy());
}

// fbcache's last probe is then the last block.
TEST(FusedExecutor, ActsAsEagerWithOneLayer) {
  PolicyConfig config = TinyConfig();
  config.layers = 1;
  ExpectActsAsEager(TinyPolicy(1, config));
}

class FusedPrecision : public testing::TestWithParam<std::string> {};

// Also with more threads than heads, and than most machines have.
TEST_P(FusedPrecision, ThreadsDoNotChangeABit) {
  const Policy policy = TinyPolicy();
  const int before = at::get_num_threads();
  std::vector<Chunk> chunks;
  for (const int threads : {1, 2, 7}) {
    at::set_num_threads(threads);
    chunks.push_back(ActOnce(policy, "ddim:steps=10", "random:rate=0.5", FirstRows(3), GetParam()));
  }
  at::set_num_threads(before);
  for (const Chunk& chunk : chunks) {
    EXPECT_TRUE(at::equal(chunk.trajectory, chunks.front().trajectory));
  }
}

TEST_P(FusedPrecision, ARowIsTheSameBitsInEveryBatch) {
  const Policy policy = TinyPolicy();
  const auto act = [&](const std::vector<uint64_t>& rows) {
    return ActOnce(policy, "ddpm:steps=10", "static-cache", rows, GetParam()).trajectory;
  };
  const at::Tensor together = act(FirstRows(3));
  for (uint64_t row = 0; row < 3; ++row) {
    EXPECT_TRUE(at::equal(act({row})[0], together[int64_t(row)]));
  }
}

INSTANTIATE_TEST_SUITE_P(All, FusedPrecision, testing::Values("fused", "fused:precision=bf16"),
                         [](const auto& info) {
                           return info.param == "fused" ? "float32" : "bf16";
                         });

TEST(FusedExecutor, StartsEachChunkAnewWhateverTheBatch) {
  const Policy policy = TinyPolicy();
  const auto executor = MakeExecutor(policy, "ddim:steps=10", "static-cache", "fused");
  const auto act = [&](const std::vector<uint64_t>& rows) {
    return executor->Act(SampleObservations(policy.config, rows), SampleNoise(policy.config, rows));
  };
  const Chunk first = act({4});
  act({5});
  act(FirstRows(3));
  EXPECT_TRUE(at::equal(act({4}).actions, first.actions));
}

// Without the weights of TinyPolicy, which are large enough that a rounded bit turns up in clipped
// actions. Online schedulers may decide otherwise after rounding.
TEST(FusedExecutor, Bfloat16StaysNearUnderEveryScheduler) {
  const Policy policy = RandomPolicy(TinyConfig(), 1);
  for (const auto& scheduler : Schedulers().entries()) {
    SCOPED_TRACE(scheduler.name);
    const auto act = [&](const std::string& executor) {
      return ActOnce(policy, "ddpm", Untrained(scheduler.name), FirstRows(2), executor);
    };
    const Chunk exact = act("fused"), rounded = act("fused:precision=bf16");
    const bool online = !exact.plans[0].probes().empty();
    EXPECT_TRUE(online || exact.plans == rounded.plans);
    const double difference = MaxDifference(exact.trajectory, rounded.trajectory);
    EXPECT_GT(difference, 0.0);
    EXPECT_LE(difference, exact.plans == rounded.plans ? 0.01 : 0.5);
  }
}

// The bound that schedulers/README.md states, on observations of the shipped pruners' training.
TEST(FusedExecutor, Bfloat16StaysNearOnShippedPolicies) {
  for (const std::string task : {"pusht", "lift", "can"}) {
    Policy policy =
        LoadPolicy(std::filesystem::path(SAGBENCH_SOURCE_DIR) / "policies/weights" / task);
    const PolicyConfig& c = policy.config;
    const SchedulerParts parts{.policy = &policy, .sampler = Samplers().Choose("ddpm")};
    const SagKey key{.task = task,
                     .sampler = parts.sampler.Name(),
                     .policy_sha256 = policy.sha256,
                     .reuse = Reuse::kBlock,
                     .hold = Hold::kClean};
    const at::Tensor seen = LoadSag(key, "auto", parts)
                                .references.narrow(0, 0, 8)
                                .view({8, c.observation_steps, c.observation_size});
    policy.observation_normalizer = Identity(c.observation_size);  // they are normalised
    for (const std::string scheduler : {"dense", "sag"}) {
      SCOPED_TRACE(task + " " + scheduler);
      const auto act = [&](const std::string& executor) {
        return MakeExecutor(policy, "ddpm", scheduler, executor)
            ->Act(seen, SampleNoise(c, FirstRows(8)))
            .trajectory;
      };
      const at::Tensor difference = (act("fused") - act("fused:precision=bf16")).abs();
      EXPECT_GT(difference.max().item<double>(), 0.0);
      EXPECT_LE(difference.max().item<double>(), scheduler == "dense" ? 0.01 : 0.05);
      EXPECT_LE(difference.mean().item<double>(), 2e-3);
    }
  }
}

TEST(FusedExecutor, RefusesAGpuWithASentence) {
  const Policy policy = TinyPolicy();
  try {
    Executors().Choose("fused").Make({.policy = &policy,
                                      .sampler = Samplers().Choose("ddpm"),
                                      .scheduler = Schedulers().Choose("dense"),
                                      .device = "cuda"});
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("--device cpu"), std::string::npos);
  }
}

}  // namespace
}  // namespace sagbench
