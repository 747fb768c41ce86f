#include "core/dtype.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <stdexcept>

namespace sagbench {
namespace {

static_assert(std::endian::native == std::endian::little, "stored tensors are little-endian");

struct DtypeFacts {
  std::string_view name;
  size_t size;
};

// In the order of the enum.
constexpr std::array<DtypeFacts, 13> kFacts = {{{"F64", 8},
                                                {"F32", 4},
                                                {"F16", 2},
                                                {"BF16", 2},
                                                {"I64", 8},
                                                {"I32", 4},
                                                {"I16", 2},
                                                {"I8", 1},
                                                {"U64", 8},
                                                {"U32", 4},
                                                {"U16", 2},
                                                {"U8", 1},
                                                {"BOOL", 1}}};

template <class T>
T Load(const std::byte* bytes, size_t index) {
  T value;
  std::memcpy(&value, bytes + index * sizeof(T), sizeof(T));
  return value;
}

// IEEE 754 binary16: 1 sign, 5 exponent, 10 fraction bits.
double HalfToDouble(uint16_t bits) {
  const double sign = (bits & 0x8000U) != 0 ? -1.0 : 1.0;
  const int exponent = (bits >> 10U) & 0x1F;
  const int fraction = bits & 0x3FF;
  if (exponent == 31) {
    return fraction == 0 ? sign * std::numeric_limits<double>::infinity()
                         : std::numeric_limits<double>::quiet_NaN();
  }
  if (exponent == 0) return sign * std::ldexp(fraction, -24);
  return sign * std::ldexp(1024 + fraction, exponent - 25);
}

// bfloat16 is the upper half of a binary32.
double BrainToDouble(uint16_t bits) {
  return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16U);
}

}  // namespace

std::string_view DtypeName(Dtype dtype) {
  return kFacts.at(static_cast<size_t>(dtype)).name;
}

std::optional<Dtype> DtypeFromName(std::string_view name) {
  for (size_t i = 0; i < kFacts.size(); ++i) {
    if (kFacts[i].name == name) return static_cast<Dtype>(i);
  }
  return std::nullopt;
}

std::string AllDtypeNames() {
  std::string names;
  for (const DtypeFacts& facts : kFacts) {
    names.append(names.empty() ? "" : ", ").append(facts.name);
  }
  return names;
}

size_t DtypeSize(Dtype dtype) {
  return kFacts.at(static_cast<size_t>(dtype)).size;
}

bool IsFloating(Dtype dtype) {
  return dtype <= Dtype::kBF16;
}

double ElementAsDouble(Dtype dtype, const std::byte* bytes, size_t index) {
  switch (dtype) {
    case Dtype::kF64:
      return Load<double>(bytes, index);
    case Dtype::kF32:
      return Load<float>(bytes, index);
    case Dtype::kF16:
      return HalfToDouble(Load<uint16_t>(bytes, index));
    case Dtype::kBF16:
      return BrainToDouble(Load<uint16_t>(bytes, index));
    case Dtype::kU64:
      return static_cast<double>(Load<uint64_t>(bytes, index));
    default:
      return static_cast<double>(ElementAsInteger(dtype, bytes, index));
  }
}

int64_t ElementAsInteger(Dtype dtype, const std::byte* bytes, size_t index) {
  switch (dtype) {
    case Dtype::kI64:
      return Load<int64_t>(bytes, index);
    case Dtype::kI32:
      return Load<int32_t>(bytes, index);
    case Dtype::kI16:
      return Load<int16_t>(bytes, index);
    case Dtype::kI8:
      return Load<int8_t>(bytes, index);
    case Dtype::kU64:
      return static_cast<int64_t>(Load<uint64_t>(bytes, index));
    case Dtype::kU32:
      return Load<uint32_t>(bytes, index);
    case Dtype::kU16:
      return Load<uint16_t>(bytes, index);
    case Dtype::kU8:
    case Dtype::kBool:
      return Load<uint8_t>(bytes, index);
    default:
      throw std::invalid_argument("ElementAsInteger on a floating dtype");
  }
}

}  // namespace sagbench
