#pragma once

// The matrix products of kernels.h; see kernels_body.h for `Isa` and the unnamed namespace.

#include "policies/bfloat16.h"
#include "policies/kernels_body.h"

namespace sagbench {
namespace {

constexpr int kTileRows = 6;      // 12 sums, two weights and a broadcast: the 16 registers of AVX2
constexpr int kInnerBlock = 256;  // rows of a panel that stay in the first-level cache: 16 KB
constexpr int kPrefetchBytes = 8192;  // of a panel: weights come from far away, once a step

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

// Sixteen weights of one row of a panel.
struct WeightPair {
  Vec low, high;
};

inline __attribute__((always_inline)) WordVec LoadWords(const uint32_t* from) {
  WordVec words;
  __builtin_memcpy(&words, from, sizeof words);
  return words;
}

// kRows x 16 sums.
template <class Isa, int kRows>
struct Sums {
  Vec low[kRows], high[kRows];

  // Adds the products with row `k` of the panel.
  inline __attribute__((always_inline)) void Add(const TileRows& rows, int k,
                                                 const WeightPair& pair) {
#pragma GCC unroll 8
    for (int r = 0; r < kRows; ++r) {
      const Vec x = Broadcast(rows.input[r * rows.input_stride + k]);
      low[r] = Isa::MulAdd(x, pair.low, low[r]);
      high[r] = Isa::MulAdd(x, pair.high, high[r]);
    }
  }
};

template <class Isa, int kRows>
inline __attribute__((always_inline)) void AddProducts(const float* weights, int inner,
                                                       const TileRows& rows,
                                                       Sums<Isa, kRows>& sums) {
  for (int k = 0; k < inner; ++k, weights += kPanelWidth) {
    __builtin_prefetch(reinterpret_cast<const char*>(weights) + kPrefetchBytes);
    sums.Add(rows, k, {Load(weights), Load(weights + kLanes)});
  }
}

// Bfloat16 is the upper half of a float. Words hold two rows of a panel, the even one in their low
// halves; the odd one is added first, as the processors' units do (VDPBF16PS).
template <class Isa, int kRows>
inline __attribute__((always_inline)) void AddProducts(const uint32_t* weights, int inner,
                                                       const TileRows& rows,
                                                       Sums<Isa, kRows>& sums) {
  const auto even = [](WordVec words) { return reinterpret_cast<Vec>(words << 16); };
  const auto odd = [](WordVec words) { return reinterpret_cast<Vec>(words & 0xFFFF0000U); };
  int k = 0;
  for (; k + 1 < inner; k += 2, weights += kPanelWidth) {
    __builtin_prefetch(reinterpret_cast<const char*>(weights) + kPrefetchBytes);
    const WordVec low = LoadWords(weights), high = LoadWords(weights + kLanes);
    sums.Add(rows, k + 1, {odd(low), odd(high)});
    sums.Add(rows, k, {even(low), even(high)});
  }
  if (k == inner) return;
  sums.Add(rows, k, {even(LoadWords(weights)), even(LoadWords(weights + kLanes))});
}

// Adds `inner` products to kRows x 16 sums that begin as `start` (stride 0: a bias).
template <class Isa, int kRows, class Weight>
inline void Tile(const Weight* weights, int inner, const TileRows& rows, const float* start,
                 ptrdiff_t start_stride) {
  Sums<Isa, kRows> sums;
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) {
    sums.low[r] = Load(start + r * start_stride);
    sums.high[r] = Load(start + r * start_stride + kLanes);
  }
  AddProducts(weights, inner, rows, sums);
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) {
    Store(rows.output + r * rows.output_stride, sums.low[r]);
    Store(rows.output + r * rows.output_stride + kLanes, sums.high[r]);
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

// Some rows of a panel, which stay in the cache.
struct PanelPart {
  const void* weights;
  Factors factors;
  int length;
  const float* bias;  // what the sums begin as; null: as what is there
};

// Those from row `from` on, a multiple of kInnerBlock. `add`: as ProductRows has it.
inline PanelPart PartOf(const PanelWeights& weights, int panel, int from, bool add) {
  const int rest = weights.inner - from;
  return {.weights = static_cast<const char*>(weights.panels) +
                     panel * PanelBytes(weights.factors, weights.inner) +
                     PanelBytes(weights.factors, from),
          .factors = weights.factors,
          .length = rest < kInnerBlock ? rest : kInnerBlock,
          .bias = from == 0 && !add ? weights.bias + panel * kPanelWidth : nullptr};
}

// Adds the products of `count` rows with a part of a panel, in tiles of nearly equal height.
template <class Isa>
inline void MultiplyPart(const PanelPart& part, const TileRows& all, int count) {
  const int tiles = (count + kTileRows - 1) / kTileRows;
  for (int tile = 0; tile < tiles; ++tile) {
    const int row = count * tile / tiles, height = count * (tile + 1) / tiles - row;
    TileRows rows = all;
    rows.input += row * all.input_stride;
    rows.output += row * all.output_stride;
    const float* start = part.bias != nullptr ? part.bias : rows.output;
    const ptrdiff_t start_stride = part.bias != nullptr ? 0 : all.output_stride;
    if (part.factors == Factors::kFloat32) {
      TileOf<Isa>(height, static_cast<const float*>(part.weights), part.length, rows, start,
                  start_stride);
    } else {
      TileOf<Isa>(height, static_cast<const uint32_t*>(part.weights), part.length, rows, start,
                  start_stride);
    }
  }
}

template <class Isa>
inline void ActivateRows(Activation activation, float* output, ptrdiff_t stride, int rows) {
  if (activation == Activation::kNone) return;
  for (int row = 0; row < rows; ++row) Activate<Isa>(activation, output + row * stride);
}

// With the left side as it is.
template <class Isa>
inline void MultiplyPanels(const PanelWeights& weights, int first, int end,
                           const ProductRows& rows) {
  for (int panel = first; panel < end; ++panel) {
    float* output = rows.output + static_cast<ptrdiff_t>(panel) * kPanelWidth;
    for (int from = 0; from < weights.inner; from += kInnerBlock) {
      MultiplyPart<Isa>(PartOf(weights, panel, from, rows.add),
                        {rows.input + from, rows.input_stride, output, rows.output_stride},
                        rows.rows);
    }
    ActivateRows<Isa>(rows.activation, output, rows.output_stride, rows.rows);
  }
}

// A few rows of a left side, rounded to bfloat16 and kept as floats.
template <class Isa>
class RoundedFloats {
 public:
  static constexpr int kMostRows = 2 * kTileRows;

  // Takes over `length` floats of a row, at most kInnerBlock.
  void Round(int row, const float* from, int length) {
    for (int k = 0; k < length; ++k) {
      const uint32_t bits = RoundedBits(from[k]);
      __builtin_memcpy(&values_[row * kInnerBlock + k], &bits, sizeof bits);
    }
  }

  // Adds the products of the first `count` rows.
  void Multiply(const PanelPart& part, int count, float* output, ptrdiff_t stride) const {
    MultiplyPart<Isa>(part, {values_, kInnerBlock, output, stride}, count);
  }

 private:
  alignas(64) float values_[kMostRows * kInnerBlock];
};

// With the left side rounded, a few rows at a time, for all panels. `Rounded`: RoundedFloats, or
// the like of another instruction set.
template <class Isa, class Rounded>
inline void MultiplyRounded(const PanelWeights& weights, int first, int end,
                            const ProductRows& all) {
  Rounded rounded;
  const int groups = (all.rows + Rounded::kMostRows - 1) / Rounded::kMostRows;
  for (int group = 0; group < groups; ++group) {
    const int row = all.rows * group / groups, count = all.rows * (group + 1) / groups - row;
    const float* input = all.input + row * all.input_stride;
    float* output = all.output + row * all.output_stride;
    for (int from = 0; from < weights.inner; from += kInnerBlock) {
      const int length = PartOf(weights, first, from, all.add).length;
      for (int r = 0; r < count; ++r) {
        rounded.Round(r, input + r * all.input_stride + from, length);
      }
      for (int panel = first; panel < end; ++panel) {
        rounded.Multiply(PartOf(weights, panel, from, all.add), count, output + panel * kPanelWidth,
                         all.output_stride);
      }
    }
    for (int panel = first; panel < end; ++panel) {
      ActivateRows<Isa>(all.activation, output + panel * kPanelWidth, all.output_stride, count);
    }
  }
}

template <class Isa>
void Multiply(const PanelWeights& weights, int first, int end, const ProductRows& rows) {
  if (weights.factors == Factors::kBfloat16) {
    MultiplyRounded<Isa, RoundedFloats<Isa>>(weights, first, end, rows);
  } else {
    MultiplyPanels<Isa>(weights, first, end, rows);
  }
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
