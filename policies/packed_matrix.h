#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <vector>

#include <ATen/core/Tensor.h>

#include "policies/kernels.h"

namespace sagbench {

// Floats at the start of a cache line, zero at first.
class FloatBuffer {
 public:
  FloatBuffer() = default;
  explicit FloatBuffer(size_t count);
  float* data() const { return floats_.get(); }

 private:
  struct Free {
    void operator()(float* floats) const { std::free(floats); }
  };
  std::unique_ptr<float, Free> floats_;
};

// Memory for packed weights, in large pages where the system has some: all weights are read in each
// denoising step, and with small pages the processor's page tables do not reach.
class PanelMemory {
 public:
  // Room that lives as long as this does and begins with a cache line.
  void* Take(size_t bytes);

 private:
  struct Free {
    void operator()(void* memory) const { std::free(memory); }
  };
  std::vector<std::unique_ptr<void, Free>> pieces_;
  char* next_ = nullptr;
  size_t left_ = 0;
};

// Packs a linear map (weight [out, in] and bias [out], float32 on the CPU) for Kernels::multiply;
// columns up to a whole panel are zero. The memory is `memory`'s.
PanelWeights Pack(const at::Tensor& weight, const at::Tensor& bias, Factors factors,
                  PanelMemory& memory);

// Panels of so many columns.
constexpr int PanelsOf(int64_t columns) {
  return static_cast<int>((columns + kPanelWidth - 1) / kPanelWidth);
}

}  // namespace sagbench
