#include "policies/packed_matrix.h"

#include <cmath>
#include <cstdint>
#include <cstring>

#include <gtest/gtest.h>

#include "policies/aten.h"

namespace sagbench {
namespace {

// Weight [out, inner] with the value 1000 row + column.
at::Tensor Numbered(int64_t out, int64_t inner) {
  return (at::arange(out) * 1000).unsqueeze(1).add(at::arange(inner)).to(at::kFloat);
}

TEST(Pack, LaysOutPanelsRowByRowAndFillsThemUp) {
  PanelMemory memory;
  const PanelWeights packed = Pack(Numbered(20, 3), at::ones({20}), Factors::kFloat32, memory);
  EXPECT_EQ(packed.inner, 3);
  EXPECT_EQ(packed.factors, Factors::kFloat32);
  const auto* floats = static_cast<const float*>(packed.panels);
  const auto at = [&](int panel, int k, int column) {
    return floats[(panel * 3 + k) * kPanelWidth + column];
  };
  EXPECT_EQ(at(0, 2, 5), 5002.0F);
  EXPECT_EQ(at(1, 1, 3), 19001.0F);
  EXPECT_EQ(at(1, 1, 4), 0.0F);
  EXPECT_EQ(packed.bias[19], 1.0F);
  EXPECT_EQ(packed.bias[20], 0.0F);
}

TEST(Pack, RoundsToBfloat16AsLibTorchDoesTwoRowsToAWord) {
  PanelMemory memory;
  constexpr int kInner = 51;  // the last row has no partner
  at::Tensor weight = at::randn({20, kInner});
  weight[3][4] = 1.0F + 0x1p-8F;  // halfway to the next: to the even one
  weight[3][5] = INFINITY;
  const PanelWeights packed = Pack(weight, at::zeros({20}), Factors::kBfloat16, memory);
  EXPECT_EQ(packed.factors, Factors::kBfloat16);
  const at::Tensor rounded = weight.to(at::kBFloat16).to(at::kFloat);
  const auto* words = static_cast<const uint32_t*>(packed.panels);
  constexpr int kPairs = (kInner + 1) / 2;
  for (int k = 0; k <= kInner; ++k) {
    for (int column = 0; column < 2 * kPanelWidth; ++column) {
      const int panel = column / kPanelWidth;
      const uint32_t word = words[(panel * kPairs + k / 2) * kPanelWidth + column % kPanelWidth];
      const uint32_t bits = k % 2 == 0 ? word << 16 : word & 0xFFFF0000U;
      float value = 0.0F;
      std::memcpy(&value, &bits, sizeof value);
      const bool there = k < kInner && column < 20;
      EXPECT_EQ(value, there ? rounded[column][k].item<float>() : 0.0F) << k << " " << column;
    }
  }
}

TEST(PanelMemory, PiecesDoNotOverlapAndBeginWithACacheLine) {
  PanelMemory memory;
  char* before = nullptr;
  size_t size = 0;
  for (const size_t bytes :
       {size_t{1}, size_t{100}, size_t{20} << 20, size_t{3}, size_t{7} << 20}) {
    auto* taken = static_cast<char*>(memory.Take(bytes));
    EXPECT_EQ(reinterpret_cast<uintptr_t>(taken) % 64, 0U);
    EXPECT_TRUE(before == nullptr || taken >= before + size || taken + bytes <= before);
    taken[0] = taken[bytes - 1] = 1;
    before = taken;
    size = bytes;
  }
}

TEST(FloatBuffer, BeginsAsZeros) {
  const FloatBuffer buffer(100);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(buffer.data()) % 64, 0U);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(buffer.data()[i], 0.0F);
}

}  // namespace
}  // namespace sagbench
