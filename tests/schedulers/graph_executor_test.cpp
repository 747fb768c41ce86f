// What executor_test.cpp does not ask of every executor. On a GPU the same against the CPU.
#include <ATen/Context.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "policies/aten.h"
#include "tests/schedulers/tiny_policy.h"

namespace sagbench {
namespace {

std::unique_ptr<Executor> MakeOn(const std::string& device, const Policy& policy,
                                 const std::string& scheduler, const std::string& executor) {
  return Executors().Choose(executor).Make({.policy = &policy,
                                            .sampler = Samplers().Choose("ddpm:steps=20"),
                                            .scheduler = Schedulers().Choose(scheduler),
                                            .device = device});
}

// Several chunks in a row: the first, the recorded one, replays, other observations between them.
void ExpectActsAsEager(const std::string& device) {
  const Policy policy = TinyPolicy();
  for (const auto& entry : Schedulers().entries()) {
    const auto eager = MakeOn("cpu", policy, Untrained(entry.name), "eager");
    const auto graph = MakeOn(device, policy, Untrained(entry.name), "graph");
    for (const auto& rows :
         std::vector<std::vector<uint64_t>>{{0}, {1}, {2}, {0}, {0, 1, 2}, {1}}) {
      SCOPED_TRACE(entry.name + " on " + device);
      const auto act = [&](Executor& executor) {
        return executor.Act(SampleObservations(policy.config, rows),
                            SampleNoise(policy.config, rows));
      };
      const Chunk expected = act(*eager), chunk = act(*graph);
      EXPECT_LE(MaxDifference(expected.trajectory, chunk.trajectory.cpu()), kRounding);
      ASSERT_EQ(chunk.rows.size(), rows.size());
      for (size_t row = 0; row < rows.size(); ++row) {
        EXPECT_EQ(expected.rows[row].plan_digest, chunk.rows[row].plan_digest);
        EXPECT_EQ(expected.rows[row].computed_cells, chunk.rows[row].computed_cells);
        EXPECT_EQ(expected.rows[row].flops, chunk.rows[row].flops);
        EXPECT_EQ(expected.rows[row].skipped_flops, chunk.rows[row].skipped_flops);
      }
      EXPECT_GT(chunk.times.denoise, 0.0);
    }
  }
}

TEST(GraphExecutor, ActsAsEagerUnderEverySchedulerChunkAfterChunk) {
  ExpectActsAsEager("cpu");
}

TEST(GraphExecutor, ActsAsEagerOnAGpu) {
  if (!at::hasCUDA()) GTEST_SKIP() << "no CUDA device, or a build without CUDA";
  ExpectActsAsEager("cuda");
}

TEST(GraphExecutor, Bfloat16ProductsStayNear) {
  const Policy policy = TinyPolicy();
  for (const char* scheduler : {"dense", "static-cache"}) {
    const auto act = [&](const std::string& executor) {
      return ActOnce(policy, "ddpm", scheduler, FirstRows(2), executor).trajectory;
    };
    const double difference = MaxDifference(act("graph"), act("graph:precision=bf16"));
    EXPECT_GT(difference, 0.0);
    EXPECT_LE(difference, 0.1);  // factors of both sides are rounded, 8 bits each
  }
}

TEST(GraphExecutor, LeavesTheSettingOfTf32AsItWas) {
  const Policy policy = TinyPolicy();
  const bool before = at::globalContext().allowTF32CuBLAS();
  for (const bool set : {true, false}) {
    at::globalContext().setAllowTF32CuBLAS(set);
    ActOnce(policy, "ddim:steps=2", "dense", {0}, "graph");
    EXPECT_EQ(at::globalContext().allowTF32CuBLAS(), set);
  }
  at::globalContext().setAllowTF32CuBLAS(before);
}

// It would compute in float32 and be called another name.
TEST(GraphExecutor, RefusesTf32WithoutAGpu) {
  const Policy policy = TinyPolicy();
  try {
    MakeExecutor(policy, "ddim:steps=2", "dense", "graph:precision=tf32");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kUsage);
    EXPECT_NE(std::string(error.what()).find("float32, bf16"), std::string::npos);
  }
}

}  // namespace
}  // namespace sagbench
