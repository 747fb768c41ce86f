#pragma once

#include <cstddef>
#include <cstdint>

namespace sagbench {

// The arithmetic of a DP-Transformer on a few rows, float32, for one instruction set each.

// Columns that are computed together: a panel of a packed matrix.
constexpr int kPanelWidth = 16;

// The right side of a matrix product, packed: for each panel, its rows one after the other (see
// PackedMatrix). Does not own.
struct PanelWeights {
  const void* panels = nullptr;  // float [panels][inner][16], or of half the size where `bf16`
  bool bf16 = false;
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
// The fastest that this processor runs.
const Kernels& BestKernels();

}  // namespace sagbench
