#pragma once

// The kernels of kernels.h, written once with the compiler's vectors of eight floats. Each source
// that includes this gets code of its own (hence the unnamed namespace: the linker must not take
// one source's code for another's instruction set) and passes `Isa`, which knows how to multiply
// and add.

#include <cmath>
#include <type_traits>

#include "policies/kernels.h"

namespace sagbench {
namespace {

constexpr int kLanes = 8;
using Vec = float __attribute__((vector_size(32)));
using WordVec = uint32_t __attribute__((vector_size(32)));

constexpr float kNormEpsilon = 1e-5F;
constexpr int kTileRows = 6;      // 12 sums, two weights and a broadcast: the 16 registers of AVX2
constexpr int kInnerBlock = 256;  // rows of a panel that stay in the first-level cache: 16 KB
constexpr int kPrefetchAhead = 128;  // rows of a panel: weights come from far away, once a step

inline __attribute__((always_inline)) Vec Load(const float* from) {
  Vec value;
  __builtin_memcpy(&value, from, sizeof value);
  return value;
}

inline __attribute__((always_inline)) void Store(float* to, Vec value) {
  __builtin_memcpy(to, &value, sizeof value);
}

inline __attribute__((always_inline)) Vec Broadcast(float v) {
  return Vec{v, v, v, v, v, v, v, v};
}

inline __attribute__((always_inline)) Vec Clamp(Vec value, float low, float high) {
  value = value > low ? value : Broadcast(low);
  return value < high ? value : Broadcast(high);
}

inline __attribute__((always_inline)) float Sum(Vec v) {
  v += __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3);
  v += __builtin_shufflevector(v, v, 2, 3, 0, 1, 6, 7, 4, 5);
  return v[0] + v[1];
}

// Sixteen weights as two vectors.
struct WeightPair {
  Vec low, high;
};

inline __attribute__((always_inline)) WeightPair LoadWeights(const float* from) {
  return {Load(from), Load(from + kLanes)};
}

// Bfloat16: the upper halves of floats, columns 0..7 in the low half of each word.
inline __attribute__((always_inline)) WeightPair LoadWeights(const uint32_t* from) {
  WordVec words;
  __builtin_memcpy(&words, from, sizeof words);
  return {reinterpret_cast<Vec>(words << 16), reinterpret_cast<Vec>(words & 0xFFFF0000U)};
}

// exp(x) to a few units in the last place: 2^n times the Taylor series of the rest.
template <class Isa>
inline Vec Exp(Vec x) {
  x = Clamp(x, -87.0F, 88.0F);
  constexpr float kRound = 12582912.0F;  // 1.5 * 2^23: adding it leaves the integer in the low bits
  const Vec shifted = Isa::MulAdd(x, Broadcast(1.44269504F), Broadcast(kRound));
  const Vec n = shifted - kRound;
  Vec rest = Isa::MulAdd(n, Broadcast(-0.693145752F), x);  // ln 2 in two parts
  rest = Isa::MulAdd(n, Broadcast(-1.42860677e-6F), rest);
  constexpr float kFactorials[] = {5040.0F, 720.0F, 120.0F, 24.0F, 6.0F, 2.0F, 1.0F, 1.0F};
  Vec sum{};
  for (const float factorial : kFactorials) {
    sum = Isa::MulAdd(sum, rest, Broadcast(1.0F / factorial));
  }
  const WordVec power = (reinterpret_cast<WordVec>(shifted) + 127U) << 23;
  return sum * reinterpret_cast<Vec>(power);
}

// x Phi(x) with the normal distribution's Phi: an odd polynomial on [-5.5, 5.5], interpolated at
// Chebyshev nodes in s = 2 (x / 5.5)^2 - 1. Its error is below 2e-7 max(1, |x|).
template <class Isa>
inline Vec Gelu(Vec x) {
  constexpr float kEnd = 5.5F;
  constexpr float kCoefficients[] = {
      0x1.48947cp-11F, -0x1.759768p-10F, 0x1.8585a6p-11F, -0x1.162ebap-10F, 0x1.2c4e8ep-8F,
      -0x1.01c4bap-7F, 0x1.503478p-7F,   -0x1.dd57eep-7F, 0x1.4d6fdcp-6F,   -0x1.ac454fp-6F,
      0x1.06bd76p-5F,  -0x1.3db889p-5F,  0x1.8710b2p-5F,  -0x1.06d9d0p-4F,  0x1.07463cp-3F};
  const Vec near = Clamp(x, -kEnd, kEnd);
  const Vec s = Isa::MulAdd(near * near, Broadcast(2.0F / (kEnd * kEnd)), Broadcast(-1.0F));
  Vec sum{};
  for (const float c : kCoefficients) sum = Isa::MulAdd(sum, s, Broadcast(c));
  return x * Isa::MulAdd(near, sum, Broadcast(0.5F));
}

// x tanh(ln(1 + e^x)); for large x it is x.
template <class Isa>
inline Vec Mish(Vec x) {
  const Vec e = Exp<Isa>(Clamp(x, -87.0F, 20.0F));
  const Vec n = e * (e + 2.0F);
  return x * (n / (n + 2.0F));
}

template <class Isa>
inline void Activate(Activation activation, float* values) {
  for (int i = 0; i < kPanelWidth; i += kLanes) {
    const Vec x = Load(values + i);
    Store(values + i, activation == Activation::kGelu ? Gelu<Isa>(x) : Mish<Isa>(x));
  }
}

// Rows of left side and result that one tile works on.
struct TileRows {
  const float* input;
  ptrdiff_t input_stride;
  float* output;
  ptrdiff_t output_stride;
};

// Adds `inner` products to kRows x 16 sums that begin as `start` (stride 0: a bias).
template <class Isa, int kRows, class Weight>
inline void Tile(const Weight* weights, int inner, const TileRows& rows, const float* start,
                 ptrdiff_t start_stride) {
  constexpr int kStep = std::is_same_v<Weight, float> ? kPanelWidth : kPanelWidth / 2;
  Vec low[kRows], high[kRows];
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) {
    low[r] = Load(start + r * start_stride);
    high[r] = Load(start + r * start_stride + kLanes);
  }
  for (int k = 0; k < inner; ++k, weights += kStep) {
    const WeightPair pair = LoadWeights(weights);
    __builtin_prefetch(weights + kPrefetchAhead * kStep);
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) {
      const Vec x = Broadcast(rows.input[r * rows.input_stride + k]);
      low[r] = Isa::MulAdd(x, pair.low, low[r]);
      high[r] = Isa::MulAdd(x, pair.high, high[r]);
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) {
    Store(rows.output + r * rows.output_stride, low[r]);
    Store(rows.output + r * rows.output_stride + kLanes, high[r]);
  }
}

template <class Isa, class Weight>
inline void TileOf(int count, const Weight* weights, int inner, const TileRows& rows,
                   const float* start, ptrdiff_t start_stride) {
  switch (count) {
    case 1:
      return Tile<Isa, 1>(weights, inner, rows, start, start_stride);
    case 2:
      return Tile<Isa, 2>(weights, inner, rows, start, start_stride);
    case 3:
      return Tile<Isa, 3>(weights, inner, rows, start, start_stride);
    case 4:
      return Tile<Isa, 4>(weights, inner, rows, start, start_stride);
    case 5:
      return Tile<Isa, 5>(weights, inner, rows, start, start_stride);
    default:
      return Tile<Isa, kTileRows>(weights, inner, rows, start, start_stride);
  }
}

// All rows in tiles of nearly equal height, for a part of the panel that stays in the cache.
template <class Isa, class Weight>
inline void MultiplyPanel(const Weight* panel, int inner, const float* bias,
                          const ProductRows& rows, float* output) {
  constexpr int kStep = std::is_same_v<Weight, float> ? kPanelWidth : kPanelWidth / 2;
  const int tiles = (rows.rows + kTileRows - 1) / kTileRows;
  for (int from = 0; from < inner; from += kInnerBlock) {
    const int length = inner - from < kInnerBlock ? inner - from : kInnerBlock;
    const bool first = from == 0 && !rows.add;
    for (int tile = 0; tile < tiles; ++tile) {
      const int row = rows.rows * tile / tiles;
      const int count = rows.rows * (tile + 1) / tiles - row;
      const TileRows part{rows.input + row * rows.input_stride + from, rows.input_stride,
                          output + row * rows.output_stride, rows.output_stride};
      TileOf<Isa>(count, panel + static_cast<ptrdiff_t>(from) * kStep, length, part,
                  first ? bias : part.output, first ? 0 : rows.output_stride);
    }
  }
}

template <class Isa, class Weight>
inline void MultiplyPanels(const PanelWeights& weights, int first, int end,
                           const ProductRows& rows) {
  constexpr int kStep = std::is_same_v<Weight, float> ? kPanelWidth : kPanelWidth / 2;
  for (int panel = first; panel < end; ++panel) {
    const Weight* from = static_cast<const Weight*>(weights.panels) +
                         static_cast<ptrdiff_t>(panel) * weights.inner * kStep;
    float* output = rows.output + static_cast<ptrdiff_t>(panel) * kPanelWidth;
    MultiplyPanel<Isa>(from, weights.inner, weights.bias + panel * kPanelWidth, rows, output);
    if (rows.activation == Activation::kNone) continue;
    for (int row = 0; row < rows.rows; ++row) {
      Activate<Isa>(rows.activation, output + row * rows.output_stride);
    }
  }
}

template <class Isa>
void Multiply(const PanelWeights& weights, int first, int end, const ProductRows& rows) {
  if (weights.bf16) {
    MultiplyPanels<Isa, uint32_t>(weights, first, end, rows);
  } else {
    MultiplyPanels<Isa, float>(weights, first, end, rows);
  }
}

template <class Isa>
void Normalize(const float* input, const float* gain, const float* bias, float* output, int width) {
  Vec sums[2]{}, squares[2]{};  // two chains of additions go faster than one
  for (int i = 0; i < width; i += 2 * kLanes) {
    sums[0] += Load(input + i);
    sums[1] += Load(input + i + kLanes);
  }
  const Vec mean = Broadcast(Sum(sums[0] + sums[1]) / static_cast<float>(width));
  for (int i = 0; i < width; i += 2 * kLanes) {
    const Vec first = Load(input + i) - mean, second = Load(input + i + kLanes) - mean;
    squares[0] = Isa::MulAdd(first, first, squares[0]);
    squares[1] = Isa::MulAdd(second, second, squares[1]);
  }
  const float variance = Sum(squares[0] + squares[1]) / static_cast<float>(width);
  const Vec scale = Broadcast(1.0F / std::sqrt(variance + kNormEpsilon));
  for (int i = 0; i < width; i += kLanes) {
    const Vec scaled = (Load(input + i) - mean) * scale;
    Store(output + i, Isa::MulAdd(scaled, Load(gain + i), Load(bias + i)));
  }
}

template <class Isa>
void Attend(const AttentionRow& row) {
  const float scale = 1.0F / std::sqrt(static_cast<float>(row.width));
  float highest = -INFINITY;
  for (int j = 0; j < row.count; ++j) {
    Vec sum{};
    for (int i = 0; i < row.width; i += kLanes) {
      sum = Isa::MulAdd(Load(row.query + i), Load(row.keys[j] + i), sum);
    }
    row.scores[j] = Sum(sum) * scale;
    highest = row.scores[j] > highest ? row.scores[j] : highest;
  }
  for (int j = row.count; j % kLanes != 0; ++j) row.scores[j] = highest;
  float total = 0.0F;
  for (int j = 0; j < row.count; j += kLanes) {
    Store(row.scores + j, Exp<Isa>(Load(row.scores + j) - highest));
  }
  for (int j = 0; j < row.count; ++j) total += row.scores[j];
  for (int i = 0; i < row.width; i += kLanes) {
    Vec sum{};
    for (int j = 0; j < row.count; ++j) {
      sum = Isa::MulAdd(Broadcast(row.scores[j]), Load(row.keys[j] + row.width + i), sum);
    }
    Store(row.output + i, sum / total);
  }
}

template <class Isa>
void AddScaled(const float* from, float weight, float* to, int length) {
  for (int i = 0; i < length; i += kLanes) {
    Store(to + i, Isa::MulAdd(Load(from + i), Broadcast(weight), Load(to + i)));
  }
}

template <class Isa>
void GeluSum(const float* a, const float* b, float* output, int length) {
  for (int i = 0; i < length; i += kLanes) Store(output + i, Gelu<Isa>(Load(a + i) + Load(b + i)));
}

template <class Isa>
constexpr Kernels KernelsFor(const char* name) {
  return {.name = name,
          .multiply = Multiply<Isa>,
          .normalize = Normalize<Isa>,
          .attend = Attend<Isa>,
          .add = AddScaled<Isa>,
          .gelu_sum = GeluSum<Isa>};
}

}  // namespace
}  // namespace sagbench
