#include "core/dtype.h"

#include <cmath>
#include <span>
#include <stdexcept>

#include <gtest/gtest.h>

namespace sagbench {
namespace {

double Value(Dtype dtype, uint64_t bits) {
  return ElementAsDouble(dtype, std::as_bytes(std::span(&bits, 1)).data(), 0);
}

TEST(Dtype, NamesReadBack) {
  for (int i = 0; i <= static_cast<int>(Dtype::kBool); ++i) {
    const auto dtype = static_cast<Dtype>(i);
    EXPECT_EQ(DtypeFromName(DtypeName(dtype)), dtype);
  }
  EXPECT_EQ(DtypeFromName("f32"), std::nullopt);
  EXPECT_EQ(AllDtypeNames(), "F64, F32, F16, BF16, I64, I32, I16, I8, U64, U32, U16, U8, BOOL");
}

// Values of IEEE 754 binary16's corners.
TEST(Dtype, HalvesAreExact) {
  EXPECT_EQ(Value(Dtype::kF16, 0x3c00), 1.0);
  EXPECT_EQ(Value(Dtype::kF16, 0xc000), -2.0);
  EXPECT_EQ(Value(Dtype::kF16, 0x7bff), 65504.0);
  EXPECT_EQ(Value(Dtype::kF16, 0x0400), 0x1p-14);
  EXPECT_EQ(Value(Dtype::kF16, 0x03ff), 1023 * 0x1p-24);
  EXPECT_EQ(Value(Dtype::kF16, 0x0001), 0x1p-24);
  EXPECT_TRUE(std::signbit(Value(Dtype::kF16, 0x8000)));
  EXPECT_TRUE(std::isinf(Value(Dtype::kF16, 0x7c00)));
  EXPECT_TRUE(std::isnan(Value(Dtype::kF16, 0x7c01)));
}

TEST(Dtype, BrainFloatsAreUpperHalves) {
  EXPECT_EQ(Value(Dtype::kBF16, 0x3f80), 1.0);
  EXPECT_EQ(Value(Dtype::kBF16, 0xc049), -3.140625);
}

TEST(Dtype, IntegersKeepTheirSign) {
  EXPECT_EQ(Value(Dtype::kI8, 0xff), -1.0);
  EXPECT_EQ(Value(Dtype::kU8, 0xff), 255.0);
  EXPECT_EQ(Value(Dtype::kI16, 0x8000), -32768.0);
  EXPECT_EQ(Value(Dtype::kU16, 0x8000), 32768.0);
  EXPECT_EQ(Value(Dtype::kI32, 0xffffffff), -1.0);
  EXPECT_EQ(Value(Dtype::kU32, 0xffffffff), 4294967295.0);
  EXPECT_EQ(Value(Dtype::kI64, ~0ULL), -1.0);
  EXPECT_EQ(Value(Dtype::kU64, ~0ULL), 0x1p64);
}

TEST(Dtype, FloatsAreNoIntegers) {
  const std::byte zero[8] = {};
  EXPECT_THROW(ElementAsInteger(Dtype::kF16, zero, 0), std::invalid_argument);
}

}  // namespace
}  // namespace sagbench
