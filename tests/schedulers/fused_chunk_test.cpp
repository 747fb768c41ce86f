#include "schedulers/fused_chunk.h"

#include <atomic>
#include <cerrno>
#include <cstdlib>

#include <gtest/gtest.h>

#include "policies/aten.h"
#include "tests/schedulers/tiny_policy.h"

// Counts what the whole program allocates, LibTorch included, by standing before glibc's functions.
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__)
#define SAGBENCH_COUNTS_ALLOCATIONS 1

namespace {
std::atomic<bool> counting{false};
std::atomic<int64_t> allocations{0};

void Count() {
  if (counting.load(std::memory_order_relaxed)) ++allocations;
}
}  // namespace

extern "C" {
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* old, size_t size);
void* __libc_memalign(size_t alignment, size_t size);

void* malloc(size_t size) {
  Count();
  return __libc_malloc(size);
}
void* calloc(size_t count, size_t size) {
  Count();
  return __libc_calloc(count, size);
}
void* realloc(void* old, size_t size) {
  Count();
  return __libc_realloc(old, size);
}
void* aligned_alloc(size_t alignment, size_t size) {
  Count();
  return __libc_memalign(alignment, size);
}
int posix_memalign(void** memory, size_t alignment, size_t size) {
  Count();
  *memory = __libc_memalign(alignment, size);
  return *memory == nullptr ? ENOMEM : 0;
}
}
#endif

namespace sagbench {
namespace {

struct Setting {
  explicit Setting(int threads, int batch)
      : sampler(Samplers().Choose("ddpm").Make(NoiseSchedule(100))),
        network(DpTransformer(policy.config, policy.weights).Prefix(9), Factors::kFloat32,
                BestKernels()),
        team(threads),
        chunk(network, *sampler, team, batch) {
    const std::vector<uint64_t> rows = FirstRows(batch);
    const NoiseSource noise = SampleNoise(policy.config, rows);
    const at::Tensor seen =
        policy.observation_normalizer.Normalize(SampleObservations(policy.config, rows));
    chunk.Encode(seen.contiguous().data_ptr<float>());
    for (int step = 0; step < 100; ++step) chunk.SetNoise(step, noise(step));
    chunk.SetStart(noise(NoiseKey::kInitialSample));
  }

  const at::NoGradGuard no_grad;
  Policy policy = TinyPolicy();
  std::unique_ptr<Sampler> sampler;
  FusedNetwork network;
  SpinTeam team;
  FusedChunk chunk;
};

std::vector<PlannedRows> RowsOf(const Setting& setting, const std::string& scheduler, int batch) {
  return AssignPlans(PlansOf(setting.policy, "ddpm", scheduler, FirstRows(batch)), batch, 100, 6);
}

#if defined(SAGBENCH_COUNTS_ALLOCATIONS)
template <class Body>
int64_t AllocationsOf(Body body) {
  allocations = 0;
  counting = true;
  body();
  counting = false;
  return allocations;
}

TEST(FusedChunk, TheLoopAllocatesNothing) {
  ASSERT_GT(AllocationsOf([] { at::empty({100}); }), 0);  // it does count
  for (const int threads : {1, 2}) {
    for (const int batch : {1, 3}) {
      for (const char* scheduler : {"dense", "static-cache", "random", "taylorseer"}) {
        Setting setting(threads, batch);
        const std::vector<PlannedRows> rows = RowsOf(setting, scheduler, batch);
        ChunkProgram program(rows, setting.network.blocks());
        for (int step = 0; step < 100; ++step) program.Append(step, 0, 6);
        setting.chunk.ReserveBuffers(program.buffers());
        EXPECT_EQ(AllocationsOf([&] { setting.chunk.Run(program); }), 0) << scheduler;
      }
    }
  }
}
#endif

TEST(FusedChunk, CountsWhatItsProgramRan) {
  Setting setting(1, 3);
  std::vector<PlannedRows> rows = RowsOf(setting, "static-cache:interval=10", 3);
  const auto scheduler = Schedulers().Choose("dense").Make(
      {.policy = &setting.policy, .sampler = Samplers().Choose("ddpm")});
  setting.chunk.Denoise(rows, *scheduler);
  EXPECT_EQ(setting.chunk.count(0).computed, 60);
  EXPECT_EQ(setting.chunk.count(0).reused, 540);
  EXPECT_EQ(setting.chunk.Trajectory().sizes(), (std::vector<int64_t>{3, 9, 2}));
}

}  // namespace
}  // namespace sagbench
