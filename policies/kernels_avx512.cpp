// Compiled for AVX-512 with its bfloat16 instructions (see CMakeLists.txt), so it includes nothing
// whose inline functions other sources could end up with.
#include "policies/kernels.h"

#if defined(__AVX512F__) && defined(__AVX512BF16__)

#include <immintrin.h>

#include "policies/kernels_multiply.h"

namespace sagbench {
namespace {

constexpr int kMostRows = 16;  // sums of one tile, of the 32 registers
constexpr int kMostPairs = kInnerBlock / 2;
static_assert(kMostPairs % 8 == 0, "rows of pairs are rounded eight at a time");

// Adds the products of kRows rows of `count` pairs, kMostPairs apart, with a part of a panel to
// sums that begin as `start`.
template <int kRows>
void PairTile(const uint32_t* weights, const uint32_t* left, int count, const float* start,
              ptrdiff_t start_stride, float* output, ptrdiff_t output_stride) {
  __m512 sums[kRows];
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) sums[r] = _mm512_loadu_ps(start + r * start_stride);
  for (int k = 0; k < count; ++k, weights += kPanelWidth) {
    const auto row = reinterpret_cast<__m512bh>(_mm512_loadu_si512(weights));
    __builtin_prefetch(reinterpret_cast<const char*>(weights) + kPrefetchBytes);
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) {
      const __m512i pair = _mm512_set1_epi32(static_cast<int>(left[r * kMostPairs + k]));
      sums[r] = _mm512_dpbf16_ps(sums[r], reinterpret_cast<__m512bh>(pair), row);
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) _mm512_storeu_ps(output + r * output_stride, sums[r]);
}

// By height, from 1.
constexpr decltype(&PairTile<1>) kPairTiles[kMostRows] = {
    PairTile<1>,  PairTile<2>,  PairTile<3>,  PairTile<4>,  PairTile<5>,  PairTile<6>,
    PairTile<7>,  PairTile<8>,  PairTile<9>,  PairTile<10>, PairTile<11>, PairTile<12>,
    PairTile<13>, PairTile<14>, PairTile<15>, PairTile<16>};

// A few rows of a left side, as RoundedFloats has them, but as pairs of bfloat16.
class RoundedPairs {
 public:
  static constexpr int kMostRows = sagbench::kMostRows;

  // An odd end is filled up with a zero.
  void Round(int row, const float* from, int length) {
    uint32_t* to = pairs_ + row * kMostPairs;
    for (int k = 0; k < length; k += 16) {
      const int rest = length - k < 16 ? length - k : 16;
      const auto mask = static_cast<__mmask16>((1U << rest) - 1U);
      const __m512 values = _mm512_maskz_loadu_ps(mask, from + k);
      const auto rounded = reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(values));
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + k / 2), rounded);
    }
  }

  void Multiply(const PanelPart& part, int count, float* output, ptrdiff_t stride) const {
    const bool with_bias = part.bias != nullptr;
    kPairTiles[count - 1](static_cast<const uint32_t*>(part.weights), pairs_, (part.length + 1) / 2,
                          with_bias ? part.bias : output, with_bias ? 0 : stride, output, stride);
  }

 private:
  alignas(64) uint32_t pairs_[kMostRows * kMostPairs];
};

// Sixteen lanes make nothing else faster (bench/PROFILE.md).
void MultiplyAny(const PanelWeights& weights, int first, int end, const ProductRows& rows) {
  if (weights.factors == Factors::kBfloat16) {
    MultiplyRounded<FusedMulAdd, RoundedPairs>(weights, first, end, rows);
  } else {
    Avx2Kernels()->multiply(weights, first, end, rows);
  }
}

Kernels WithPairs(Kernels kernels) {
  kernels.name = "avx512-bf16";
  kernels.multiply = MultiplyAny;
  return kernels;
}

}  // namespace

const Kernels* Avx512Kernels() {
  // The compiler takes avx512bw along with avx512bf16.
  const bool there = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                     __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bf16") &&
                     Avx2Kernels() != nullptr;
  if (!there) return nullptr;
  static const Kernels kernels = WithPairs(*Avx2Kernels());
  return &kernels;
}

}  // namespace sagbench

#else

namespace sagbench {
const Kernels* Avx512Kernels() {
  return nullptr;
}
}  // namespace sagbench

#endif
