#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace sagbench {

// Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
std::array<uint32_t, 4> Philox(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key);

// Standard normal quantile of u in (0, 1): Wichura's AS 241 (PPND16), from IEEE basic operations
// and sqrt alone, so that every machine returns the same bits.
double NormalQuantile(double u);

// What the numbers are for; each purpose has its own stream.
enum class NoisePurpose : uint32_t {
  kSampling = 0,
  kExpert = 1,
  kTraining = 2,
  kSpread = 3,
  kBootstrap = 4,
  kReset = 5,
};

// Where in a run the numbers belong; equal keys give equal numbers whatever the batch, order or
// thread. `step` is the denoising timestep, or kInitialSample for x_T.
struct NoiseKey {
  static constexpr uint32_t kInitialSample = 0xFFFFFFFFU;
  uint64_t run_seed = 0;
  uint64_t episode = 0;
  uint32_t replan = 0;
  uint32_t step = 0;
  NoisePurpose purpose = NoisePurpose::kSampling;
};

// Fills `out` with standard normals of the key's stream.
void FillNormal(const NoiseKey& key, std::span<float> out);

// A sequential generator over one key, for experts and trainers.
class CounterRandom {
 public:
  explicit CounterRandom(const NoiseKey& key) : key_(key) {}
  uint32_t NextU32();
  double Uniform();  // in (0, 1)
  double Uniform(double low, double high);
  double Normal();
  uint32_t Below(uint32_t bound);  // uniform in 0..bound-1; bound > 0

 private:
  NoiseKey key_;
  uint64_t block_ = 0;
  int used_ = 4;
  std::array<uint32_t, 4> words_{};
};

}  // namespace sagbench
