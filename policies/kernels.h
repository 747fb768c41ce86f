#pragma once

#include <cstddef>
#include <cstdint>

namespace sagbench {

// The arithmetic of a DP-Transformer on a few rows, for one instruction set each. Sums are float32.

// Columns that are computed together: a panel of a packed matrix.
constexpr int kPanelWidth = 16;

// What is rounded of a product's factors.
enum class Factors {
  kFloat32,
  kBfloat16Weights,  // the right side to bfloat16
  kBfloat16          // both sides
};

// Bytes of so many rows of a panel, in bfloat16 of whole pairs of them. (`static`: every source has
// its own, for its own instruction set.)
static constexpr ptrdiff_t PanelBytes(Factors factors, ptrdiff_t rows) {
  return factors == Factors::kFloat32 ? rows * kPanelWidth * 4 : (rows + 1) / 2 * kPanelWidth * 4;
}

// The right side of a matrix product, packed: for each panel, its rows one after the other; in
// bfloat16 two rows at a time, words of column 0, 1, ... with the even row in their low halves.
// Does not own.
struct PanelWeights {
  const void* panels = nullptr;  // float [panels][inner][16] or uint32_t [panels][pairs][16]
  Factors factors = Factors::kFloat32;
  const float* bias = nullptr;  // [panels * 16]
  int inner = 0;
};

enum class Activation { kNone, kGelu, kMish };

// A product's left side and its result, rows of floats.
struct ProductRows {
  const float* input = nullptr;  // [rows, inner]
  ptrdiff_t input_stride = 0;
  int rows = 0;
  float* output = nullptr;  // [rows, panels * 16]
  ptrdiff_t output_stride = 0;
  bool add = false;  // to what is there, without the bias
  Activation activation = Activation::kNone;
};

// One query's attention over `count` keys [width]; the value of a key lies right behind it.
struct AttentionRow {
  const float* query = nullptr;
  const float* const* keys = nullptr;
  int count = 0, width = 0;  // width: a multiple of 8
  float* scores = nullptr;   // room for `count` rounded up to 8
  float* output = nullptr;   // [width]
};

// Lengths and widths are multiples of 8, but for `inner` above. Each output row depends on its own
// input row alone, to the bit.
struct Kernels {
  const char* name;
  // output = activation(input * weights + bias) in the columns of panels first..end-1.
  void (*multiply)(const PanelWeights& weights, int first, int end, const ProductRows& rows);
  // output = (input - mean) / sqrt(variance + 1e-5) * gain + bias; `width` a multiple of 16
  void (*normalize)(const float* input, const float* gain, const float* bias, float* output,
                    int width);
  // softmax(query keys^T / sqrt(width)) values
  void (*attend)(const AttentionRow& row);
  // to += weight * from
  void (*add)(const float* from, float weight, float* to, int length);
  // output = gelu(a + b)
  void (*gelu_sum)(const float* a, const float* b, float* output, int length);
};

const Kernels& PortableKernels();
// AVX2 with FMA; null where neither compiler nor processor has them.
const Kernels* Avx2Kernels();
// The same to the bit, with AVX-512's units for products of bfloat16 (which take numbers below
// 1.2e-38 as zero); null likewise.
const Kernels* Avx512Kernels();
// The fastest that this processor runs.
const Kernels& BestKernels();

}  // namespace sagbench
