#include "policies/packed_matrix.h"

#include <algorithm>
#include <cstring>
#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#endif

#include "policies/aten.h"
#include "policies/bfloat16.h"

namespace sagbench {
namespace {

constexpr size_t kCacheLine = 64;
constexpr size_t kLargePage = size_t{2} << 20;
constexpr size_t kPiece = 4 * kLargePage;

size_t RoundUp(size_t value, size_t unit) {
  return (value + unit - 1) / unit * unit;
}

void* Allocate(size_t alignment, size_t bytes) {
  void* memory = std::aligned_alloc(alignment, RoundUp(bytes, alignment));
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

// Sixteen columns of row k of a panel.
void StoreRow(const float* columns, Factors factors, size_t k, char* panel) {
  if (factors == Factors::kFloat32) {
    std::memcpy(panel + PanelBytes(factors, static_cast<ptrdiff_t>(k)), columns,
                kPanelWidth * sizeof(float));
    return;
  }
  auto* words = reinterpret_cast<uint32_t*>(panel) + k / 2 * kPanelWidth;
  for (int i = 0; i < kPanelWidth; ++i) {
    const uint32_t bits = RoundedBits(columns[i]);
    words[i] = k % 2 == 0 ? bits >> 16 : words[i] | bits;
  }
}

}  // namespace

FloatBuffer::FloatBuffer(size_t count) {
  const size_t bytes = RoundUp(std::max<size_t>(count, 1) * sizeof(float), kCacheLine);
  floats_.reset(static_cast<float*>(Allocate(kCacheLine, bytes)));
  std::memset(floats_.get(), 0, bytes);
}

void* PanelMemory::Take(size_t bytes) {
  bytes = RoundUp(bytes, kCacheLine);
  if (bytes > left_) {
    left_ = RoundUp(std::max(bytes, kPiece), kLargePage);
    pieces_.emplace_back(Allocate(kLargePage, left_));
    next_ = static_cast<char*>(pieces_.back().get());
#if defined(__linux__)
    madvise(next_, left_, MADV_HUGEPAGE);  // a wish: small pages are right, too
#endif
  }
  void* taken = next_;
  next_ += bytes;
  left_ -= bytes;
  return taken;
}

PanelWeights Pack(const at::Tensor& weight, const at::Tensor& bias, Factors factors,
                  PanelMemory& memory) {
  const int64_t out = weight.size(0), inner = weight.size(1);
  const auto panels = static_cast<size_t>(PanelsOf(out));
  const auto panel_bytes = static_cast<size_t>(PanelBytes(factors, inner));
  auto* packed = static_cast<char*>(memory.Take(panels * panel_bytes));
  auto* packed_bias = static_cast<float*>(memory.Take(panels * kPanelWidth * sizeof(float)));
  const auto padded = static_cast<int64_t>(panels) * kPanelWidth - out;
  const at::Tensor columns = at::constant_pad_nd(weight, {0, 0, 0, padded}).t().contiguous();
  const at::Tensor all_bias = at::constant_pad_nd(bias, {0, padded}).contiguous();
  std::memcpy(packed_bias, all_bias.data_ptr<float>(), panels * kPanelWidth * sizeof(float));
  const float* from = columns.data_ptr<float>();  // [inner, panels * 16]
  for (size_t panel = 0; panel < panels; ++panel) {
    for (size_t k = 0; k < static_cast<size_t>(inner); ++k) {
      StoreRow(from + (k * panels + panel) * kPanelWidth, factors, k, packed + panel * panel_bytes);
    }
  }
  return {
      .panels = packed, .factors = factors, .bias = packed_bias, .inner = static_cast<int>(inner)};
}

}  // namespace sagbench
