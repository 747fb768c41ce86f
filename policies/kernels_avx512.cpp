// Compiled for AVX-512 with its bfloat16 instructions (see CMakeLists.txt), so it includes nothing
// whose inline functions other sources could end up with.
#include "policies/kernels.h"

#if defined(__AVX512F__) && defined(__AVX512BF16__)

#include <immintrin.h>

#include "policies/kernels_multiply.h"

namespace sagbench {
namespace {

// Products of float32 are AVX2's: with sixteen lanes they went no faster (bench/PROFILE.md).
struct Avx512 {
  static Vec MulAdd(Vec a, Vec b, Vec c) {
    return reinterpret_cast<Vec>(_mm256_fmadd_ps(
        reinterpret_cast<__m256>(a), reinterpret_cast<__m256>(b), reinterpret_cast<__m256>(c)));
  }
};

constexpr int kMostRows = 16;  // sums of one tile, of the 32 registers
constexpr int kMostPairs = kInnerBlock / 2;

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

// Rounds `length` floats, at most kInnerBlock, to pairs; an odd end is filled up with a zero.
void RoundRow(const float* from, int length, uint32_t* pairs) {
  for (int k = 0; k < length; k += 16) {
    const int left = length - k < 16 ? length - k : 16;
    const auto mask = static_cast<__mmask16>((1U << left) - 1U);
    const __m512 values = _mm512_maskz_loadu_ps(mask, from + k);
    const auto rounded = reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(values));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(pairs + k / 2), rounded);
  }
}

// A few rows at a time, for all panels.
void MultiplyPairs(const PanelWeights& weights, int first, int end, const ProductRows& all) {
  alignas(64) uint32_t pairs[kMostRows * kMostPairs];
  const int groups = (all.rows + kMostRows - 1) / kMostRows;
  for (int group = 0; group < groups; ++group) {
    const int row = all.rows * group / groups, count = all.rows * (group + 1) / groups - row;
    const float* input = all.input + row * all.input_stride;
    float* output = all.output + row * all.output_stride;
    for (int from = 0; from < weights.inner; from += kInnerBlock) {
      const int length = PartLength(weights.inner, from);
      for (int r = 0; r < count; ++r) {
        RoundRow(input + r * all.input_stride + from, length, pairs + r * kMostPairs);
      }
      const bool with_bias = from == 0 && !all.add;
      for (int panel = first; panel < end; ++panel) {
        float* to = output + panel * kPanelWidth;
        kPairTiles[count - 1](static_cast<const uint32_t*>(PanelPart(weights, panel, from)), pairs,
                              (length + 1) / 2, with_bias ? weights.bias + panel * kPanelWidth : to,
                              with_bias ? 0 : all.output_stride, to, all.output_stride);
      }
    }
    for (int panel = first; panel < end; ++panel) {
      ActivateRows<Avx512>(all.activation, output + panel * kPanelWidth, all.output_stride, count);
    }
  }
}

void MultiplyAny(const PanelWeights& weights, int first, int end, const ProductRows& rows) {
  if (weights.factors == Factors::kBfloat16) {
    MultiplyPairs(weights, first, end, rows);
  } else {
    Multiply<Avx512>(weights, first, end, rows);
  }
}

constexpr Kernels WithPairs() {
  Kernels kernels = KernelsFor<Avx512>("avx512-bf16");
  kernels.multiply = MultiplyAny;
  return kernels;
}
constexpr Kernels kAvx512 = WithPairs();

}  // namespace

const Kernels* Avx512Kernels() {
  // The compiler takes avx512bw along with avx512bf16.
  const bool there = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                     __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bf16") &&
                     Avx2Kernels() != nullptr;
  return there ? &kAvx512 : nullptr;
}

}  // namespace sagbench

#else

namespace sagbench {
const Kernels* Avx512Kernels() {
  return nullptr;
}
}  // namespace sagbench

#endif
